"""From the text of a law file to a `Law`, read as strictly as the process document, and the one that ships."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from privacy.schema import Law
from process.loader import read_as

WIDE = 100_000
"""Characters of a line: a broken text is hard to read in quotes."""
DEFAULT_FILE = Path(__file__).with_name("law.yaml")


def parse(text: str) -> Law:
    """The law a YAML text describes. Raises process.loader.BadDocument, which names lines and places."""
    return read_as(Law, text).document


def default_text() -> str:
    """The law file that ships with the product, as it stands in `privacy/law.yaml`."""
    return DEFAULT_FILE.read_text(encoding="utf-8")


@cache
def default_law() -> Law:
    """The shipped law, validated."""
    return parse(default_text())


class _Dumper(yaml.SafeDumper):
    """Every text in quotes but plain words, so that it reads back as the text it was."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style=None if text.isidentifier() else '"'
    ),
)


def as_text(tree: dict[str, Any]) -> str:
    """Plain data of a law as a file that reads back the same; what comments there were is gone."""
    return yaml.dump(tree, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDE)
