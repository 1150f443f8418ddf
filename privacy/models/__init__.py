"""The data-protection case and everything that hangs on it, and the law it goes by."""

from privacy.models.assessments import AssessmentVersion
from privacy.models.cases import OVER, SUBJECT, Case, Note, Reader, Reading, Withheld
from privacy.models.duties import Duty
from privacy.models.evidence import Consent, Custody, Evidence, PoliceReport
from privacy.models.law import LAW_SUBJECT, LawVersion
from privacy.models.personal import DoomedFile, LegalHold, PersonalDeed, RetentionReport
from privacy.models.schools import AffectedSchool, Notice, Visit

__all__ = [
    "LAW_SUBJECT",
    "OVER",
    "SUBJECT",
    "AffectedSchool",
    "AssessmentVersion",
    "Case",
    "Consent",
    "Custody",
    "DoomedFile",
    "Duty",
    "Evidence",
    "LawVersion",
    "LegalHold",
    "Note",
    "Notice",
    "PersonalDeed",
    "PoliceReport",
    "Reader",
    "Reading",
    "RetentionReport",
    "Visit",
    "Withheld",
]
