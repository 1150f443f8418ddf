"""What the privacy app stores, by subject; everything is imported from here."""

from privacy.models.cases import OVER, SUBJECT, Case, Note, Reader, Reading, Withheld

__all__ = ["OVER", "SUBJECT", "Case", "Note", "Reader", "Reading", "Withheld"]
