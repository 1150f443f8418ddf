"""Reads of the law: which version is in force, and which one a case goes by."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import QuerySet

from privacy.law import default_law
from privacy.models import Case, LawVersion
from privacy.schema import Law


def current_version() -> LawVersion | None:
    """The version in force, without text and data; None before the first is stored, when the shipped one counts."""
    return LawVersion.objects.filter(is_current=True).defer("source", "data").first()


def current_law() -> Law:
    """The law in force, for what belongs to no case."""
    version = current_version()
    return _law(version.pk) if version is not None else default_law()


def law_of(case: Case) -> Law:
    """The law a case began under; that in force for one from before versions were stored."""
    return _law(case.law_id) if case.law_id is not None else current_law()


def law_versions() -> QuerySet[LawVersion]:
    """All versions, the newest first, without text and data."""
    return LawVersion.objects.defer("source", "data")


@lru_cache(maxsize=32)
def _law(version_id: int) -> Law:
    """Versions never change, so each process reads one only once."""
    return Law.model_validate(LawVersion.objects.values_list("data", flat=True).get(pk=version_id))
