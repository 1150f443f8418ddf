"""What the officer of the demo company does with a case that is a breach (§7): assessed, confirmed, schools told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from directory.models import School
from lifecycle import assessing, breach_duties, breach_schools, data_protection, school_notices
from lifecycle.access import By
from lifecycle.breach_schools import Hit
from lifecycle.school_notices import Words
from privacy.models import Case

UNKNOWN = {"unknown": True}
ANSWERS: dict[str, Any] = {
    "occurred_from": UNKNOWN,
    "occurred_to": UNKNOWN,
    "detected_by": "Support",
    "detected_how": "Eine Schule hat uns angerufen.",
    "breach_types": ["confidentiality"],
    "harms": ["accessible"],
    "ongoing": False,
    "data_categories": ["contact", "performance"],
    "person_categories": ["pupils", "parents"],
    "minors": True,
    "persons": 214,
    "records": 1040,
    "unintelligible": False,
    "recipients": "Eltern einer anderen Klasse",
    "consequences": "Noten und Adressen einzelner Klassen waren für Dritte lesbar.",
    "measures_taken": "Der Zugang ist gesperrt, die Berechtigungen sind geprüft.",
    "measures_planned": "Eine zweite Prüfung der Freigaben bis Ende Woche.",
    "criminal_suspicion": False,
    "cyber_attack": False,
    "scores": {
        "categories": ["contact", "performance"],
        "context": ["minors"],
        "ease": "significant",
        "confidentiality": "partial",
        "integrity": "none",
        "availability": "none",
        "malicious": False,
        "over_100_persons": True,
        "unintelligible": False,
    },
}
HIT = 5
"""Schools of a breach."""


def take(number: str, *, by: By, now: datetime) -> None:
    """The officer answers for it."""
    data_protection.acknowledge(number, by=by, now=now)


def dismiss(number: str, *, by: By, now: datetime) -> None:
    """It turned out to be none."""
    data_protection.dismiss(number, reason="Keine Personendaten betroffen.", by=by, now=now)


def assess(number: str, *, by: By, now: datetime) -> None:
    """The first assessment: aware since the suspicion."""
    since = Case.objects.get(number=number).suspected_at
    assessing.assess(number, answers=ANSWERS | {"aware_at": since.isoformat()}, by=by, now=now)


def confirm(number: str, *, by: By, now: datetime) -> None:
    """It is one, and no crime."""
    assessing.confirm(number, reason="Unbefugte konnten Noten und Adressen lesen.", by=by, now=now)
    breach_duties.decide_duty(
        number, keys=["n6_police"], verdict="not_due", reason="Eine falsche Freigabe, keine Tat.", by=by, now=now
    )


def affect(number: str, *, by: By, now: datetime) -> None:
    """The schools it affects."""
    schools = School.objects.filter(is_active=True).order_by("name")[:HIT]
    hits = [Hit(school, 20 + 7 * at, None if at == 1 else 100 + 40 * at) for at, school in enumerate(schools)]
    breach_schools.affect(number, hits=hits, by=by, now=now)


def tell(number: str, *, by: By, now: datetime) -> None:
    """Their notices go out."""
    words = Words("Bitte prüfen Sie, wem Sie Klassenlisten freigegeben haben.", now + timedelta(days=2))
    school_notices.draft_notices(number, words=words, by=by, now=now)
    school_notices.review_notices(number, by=by, now=now)
    school_notices.notify_schools(number, by=by, now=now)


STEPS: tuple[tuple[timedelta, str, Callable[..., None]], ...] = (
    (timedelta(minutes=50), "assess_case", assess),
    (timedelta(minutes=80), "confirm_case", confirm),
    (timedelta(minutes=95), "affect_schools", affect),
    (timedelta(minutes=130), "tell_schools", tell),
)
ACTS = {"take_case": take, "dismiss_case": dismiss, **{verb: act for _after, verb, act in STEPS}}
