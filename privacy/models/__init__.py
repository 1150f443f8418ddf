"""The data-protection case and everything that hangs on it, and the law it goes by."""

from privacy.models.cases import OVER, SUBJECT, Case, Note, Reader, Reading, Withheld
from privacy.models.law import LAW_SUBJECT, LawVersion

__all__ = [
    "LAW_SUBJECT",
    "OVER",
    "SUBJECT",
    "Case",
    "LawVersion",
    "Note",
    "Reader",
    "Reading",
    "Withheld",
]
