"""The JSON Schema that editors use to complete and check a process file while it is typed."""

from __future__ import annotations

import json
from pathlib import Path

from process.expectations import json_schema

SCHEMA_FILE = Path(__file__).with_name("schema.json")


def as_text() -> str:
    """The schema as it stands in `process/schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
