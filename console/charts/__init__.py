"""Charts as SVG, computed here and drawn by `templates/components/charts/`.

In: values with their words and addresses. Out: a `Chart`, which holds two drawings (wide and for a phone), a legend, a
description for those who do not see it, and the table behind it. Pure apart from the words: no database, no clock.
"""
