"""Texts: Swiss German has no ß."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from process import paths
from process.rules.findings import Finding, warning
from process.schema import Document


def check_wording(document: Document) -> Iterator[Finding]:
    """Every German text with an ß, by its place."""
    tree = document.model_dump(mode="json")
    for place, value in _strings(tree, ()):
        if place[-1] == "de" and ("ß" in value or "ẞ" in value):
            yield warning(
                "not_swiss_german",
                paths.write(place, tree),
                "",
                de="Schweizer Texte schreiben «ss» statt «ß».",
                en="Swiss texts write “ss” instead of “ß”.",
            )


def _strings(node: Any, place: paths.Location) -> Iterator[tuple[paths.Location, str]]:
    if isinstance(node, str):
        yield place, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _strings(value, (*place, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _strings(value, (*place, index))
