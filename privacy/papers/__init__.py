"""The papers of a case, forms F2 to F7, in four languages: what is known goes in, a `Paper` comes out.

Enters: records (`record`) and the law. Leaves: papers (`school`, `house`), what they still lack (`paper.check`), and
JSON, HTML and PDF of them (`render`). Nothing here knows of the database.
"""
