"""The process document: what the company wrote down, as validated data.

Enters: a YAML file (shipped as `process/default.yaml`, edited later in the console).
Leaves: a typed, immutable `Document` per stored `ProcessVersion`; its lint, its differences.
Knows no incident: every rule elsewhere receives the document it should obey as an argument.
"""
