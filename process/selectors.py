"""Reads: which version is in force, and the document of any version."""

from __future__ import annotations

from functools import lru_cache

from process.models import ProcessVersion
from process.schema import Document


class NoProcess(LookupError):
    """No process document has been loaded yet."""

    def __init__(self) -> None:
        super().__init__("no process document is loaded; run: manage.py process default")


def current() -> ProcessVersion:
    """The version in force, without its source text (one indexed query); NoProcess before the first load."""
    version = current_or_none()
    if version is None:
        raise NoProcess
    return version


def current_or_none() -> ProcessVersion | None:
    """The version in force, or None before the first load."""
    return ProcessVersion.objects.filter(is_current=True).defer("source", "data").first()


@lru_cache(maxsize=32)
def document(version_id: int) -> Document:
    """The document of a version by primary key. Versions never change, so each process reads one only once.

    Raises ProcessVersion.DoesNotExist.
    """
    return Document.model_validate(ProcessVersion.objects.values_list("data", flat=True).get(pk=version_id))


def current_document() -> tuple[int, Document]:
    """Primary key and document of the version in force; NoProcess before the first load."""
    version = current()
    return version.pk, document(version.pk)


def numbered(number: int) -> ProcessVersion:
    """The version with that number, with its source text; ProcessVersion.DoesNotExist when there is none."""
    return ProcessVersion.objects.get(number=number)
