"""A document with some of its sections edited, checked like one that is loaded, and never stored (P-9.1, P-9.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from process import expectations, paths
from process.lint import Severity, lint
from process.loader import BadDocument, Problem, read_as
from process.schema import Calendar, Document, Sla
from process.schema.base import Strict


class Sections(Strict):
    """The parts of a document that say how long we have."""

    sla: Sla | None = None
    calendars: list[Calendar] | None = None


def sections_of(document: Document) -> dict[str, Any]:
    """These parts of a document as plain values."""
    whole = document.model_dump(mode="json", include=set(Sections.model_fields))
    return {name: whole[name] for name in Sections.model_fields}


def read_sections(text: str) -> dict[str, Any]:
    """The parts a YAML text edits, as plain values. Raises BadDocument with line and path."""
    return read_as(Sections, text).document.model_dump(mode="json", exclude_none=True)


def edited(document: Document, sections: Mapping[str, Any], *, today: date) -> Document:
    """The document with these sections in place of its own. Raises BadDocument for whatever loading would refuse."""
    tree = document.model_dump(mode="json") | dict(sections)
    try:
        found = Document.model_validate(tree)
    except ValidationError as error:
        said = expectations.explain(error, Document)
        raise BadDocument([Problem(1, paths.write(place, tree), message) for place, message in said]) from None
    errors = [
        Problem(1, finding.path, finding.message.en)
        for finding in lint(found, today=today)
        if finding.severity is Severity.ERROR
    ]
    if errors:
        raise BadDocument(errors)
    return found
