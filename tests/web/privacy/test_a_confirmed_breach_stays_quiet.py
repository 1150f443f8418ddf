"""A breach that was confirmed, told to schools and worked on: still nobody else reads a word of it (P-7.5)."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import Event
from directory.models import School
from incidents.models import Incident
from lifecycle import assessing, breach_schools, law_enforcement, notice_links, school_door, school_notices, tick
from notifications.models import Message
from privacy.models import Case, Notice
from privacy.services import Hit
from tests.company import Company
from tests.db.lifecycle.test_a_breach import SCORES, WHOLE
from tests.web.privacy.test_nobody_else_sees_it import Asker, _ask, _text, addresses, case, everybody  # noqa: F401

pytestmark = pytest.mark.django_db
REASON = "Quastelgrund"
SECRETS = (
    *("Noten sind Fremden bekannt", "Anruf einer Mutter", REASON, "Aktenzeichen-77", "Quastelbehörde-17", "Rektorin"),
    "Datenschutzverletzung",
)


@pytest.fixture
def breach(company: Company, case: Case) -> Case:  # noqa: F811
    """Very grave, one school has reported, law enforcement was told."""
    by, now, number = company.by("dpo"), company.now, case.number
    School.objects.filter(email="").update(email="ecole@exempleville.example")
    scores = SCORES | {"categories": ["performance"]}
    assessing.assess(number, answers=WHOLE | {"scores": scores}, by=by, now=now)
    assessing.confirm(number, reason=REASON, by=by, now=now)
    breach_schools.affect(number, hits=[Hit(school, 20, 40) for school in School.objects.all()], by=by, now=now)
    school_notices.draft_notices(number, by=by, now=now)
    school_notices.review_notices(number, by=by, now=now)
    school_notices.notify_schools(number, by=by, now=now)
    told = Notice.objects.first()
    assert told is not None
    school_door.acknowledge(told, name="Rektorin Beispiel", now=now)
    school_door.report(told, report_id="Quastelbehörde-17", reported_at=now, now=now)
    police: dict[str, Any] = {"offence": "Art. 143 StGB", "station": "Kantonspolizei", "case_number": "Aktenzeichen-77"}
    law_enforcement.report_police(number, traces_secured=True, by=by, now=now, **police)
    tick.sweep(now=now)
    return Case.objects.get()


def test_no_address_says_a_word_of_it(everybody: list[Asker], breach: Case) -> None:  # noqa: F811
    codes = [word for notice in Notice.objects.all() for word in (notice_links.code_of(notice), notice.link)]
    told = {}
    for path in addresses(breach):
        for asker in everybody:
            text = _text(_ask(asker, path))
            words = [word for word in (*SECRETS, *codes, breach.number) if word in text and word not in path]
            if words and not (words == ["Datenschutzverletzung"] and _is_about_the_process(path)):
                told[f"{asker.name} {path}"] = words
    assert told == {}


def _is_about_the_process(path: str) -> bool:
    """Pages that show the document, or ask which of its triggers apply, whatever incident there is."""
    return path.startswith(("/settings/process", "/api/v1/process", "/offline", "/inbox")) or path.endswith("major/")


def test_its_incident_is_a_major_whose_ground_is_confidential(breach: Case) -> None:
    incident = Incident.objects.get(pk=breach.incident_id)
    assert (incident.is_major, incident.major_trigger) == (True, "confidential_ground")
    rows = Event.objects.filter(subject_type="incident", subject_id=incident.pk)
    assert {event.kind for event in rows if event.rule == "§7"} == {"incident.withheld"}


def test_no_message_to_anybody_else_says_why(breach: Case, company: Company) -> None:
    others = Message.objects.exclude(person=company.dpo).exclude(kind="privacy_notice")
    assert others.exists()
    said = "".join(message.subject + message.body for message in others)
    assert [word for word in (*SECRETS, breach.number) if word in said] == []
