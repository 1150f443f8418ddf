"""The record of §3 and what hangs on it, one file per matter. Nothing here has consequences."""

from incidents.models.alerts import Alert
from incidents.models.contacts import Attachment, Comment, Contact
from incidents.models.decisions import Consultation, DutyDone, PriorityProposal, Review
from incidents.models.links import Link, SavedView
from incidents.models.records import FINAL_VALUES, OPEN_VALUES, TAIL, Impact, Incident, PriorityChoice, StatusChoice
from incidents.models.room import RoomRole, SchoolHit, SituationNote
from incidents.models.search import SearchDocument, SearchWord
from incidents.models.stakeholders import StakeholderMessage

__all__ = [
    "FINAL_VALUES",
    "OPEN_VALUES",
    "TAIL",
    "Alert",
    "Attachment",
    "Comment",
    "Consultation",
    "Contact",
    "DutyDone",
    "Impact",
    "Incident",
    "Link",
    "PriorityChoice",
    "PriorityProposal",
    "Review",
    "RoomRole",
    "SavedView",
    "SchoolHit",
    "SearchDocument",
    "SearchWord",
    "SituationNote",
    "StakeholderMessage",
    "StatusChoice",
]
