"""Reads of the law: which version is in force, and which one a case goes by."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Q, QuerySet

from privacy.law import default_law, default_text
from privacy.models import Case, LawVersion
from privacy.schema import Law
from process.services import digest_of


def current_version() -> LawVersion | None:
    """The version in force, without text and data; None before the first is stored, when the shipped one counts."""
    return LawVersion.objects.filter(is_current=True).defer("source", "data").first()


def current_law() -> Law:
    """The law in force, for what belongs to no case."""
    version = current_version()
    return _law(version.pk) if version is not None else default_law()


def current_text() -> str:
    """The text of the law in force."""
    return LawVersion.objects.filter(is_current=True).values_list("source", flat=True).first() or default_text()


def knows_shipped_law() -> bool:
    """Whether the law that ships with the product is or was in force here: an update may bring another one."""
    digest = digest_of(default_law().model_dump(mode="json"))
    return current_version() is None or LawVersion.objects.filter(digest=digest).exists()


def law_of(case: Case) -> Law:
    """The law a case began under; that in force for one from before versions were stored."""
    return _law(case.law_id) if case.law_id is not None else current_law()


def law_number(case: Case) -> tuple[int | None, bool]:
    """The number of the version a case goes by, None where it has none, and whether that is the one in force."""
    rows = LawVersion.objects.filter(Q(pk=case.law_id) | Q(is_current=True)).values_list("pk", "number", "is_current")
    own = [(number, is_current) for pk, number, is_current in rows if pk == case.law_id]
    return own[0] if own else (None, False)


def law_versions() -> QuerySet[LawVersion]:
    """All versions, the newest first, without the text as it was loaded."""
    return LawVersion.objects.defer("source")


@lru_cache(maxsize=32)
def _law(version_id: int) -> Law:
    """Versions never change, so each process reads one only once."""
    return Law.model_validate(LawVersion.objects.values_list("data", flat=True).get(pk=version_id))
