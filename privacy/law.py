"""From the text of a law file to a `Law`, read as strictly as the process document, and the one that ships."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from privacy.schema import Law
from process.loader import read_as

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
