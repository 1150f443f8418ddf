"""The room of a major on screen: are we in control, and what can be done about it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from directory.models import School
from incidents.models import RoomRole, SituationNote, StakeholderMessage
from lifecycle import major, room, stakeholders
from notifications.models import Message
from tests.company import Company
from tests.web.console.conftest import Entering

KEY = "7f3f2a8e-1d5b-4a8e-9d4f-0a1b2c3d4e5f"
MOST_QUERIES = 20


@pytest.fixture
def path(company: Company) -> str:
    number = company.incident().number
    major.declare_major(number, trigger="whole_software_down", by=company.by("support"), now=company.now)
    return f"/incidents/{number}/"


def test_everything_in_the_room_works_without_scripts(enter: Entering, company: Company, path: str) -> None:
    client = enter("lead")
    here = {"next": f"{path}room/"}
    school = School.objects.get(name="Schule Musterwil")
    assert "0 / 3" in client.get(f"{path}room/").content.decode()
    sent: dict[str, dict[str, Any]] = {
        "take-role": {"role": "lead"},
        "hand-over": {"role": "scribe", "person_id": company.support.pk},
        "situation-note": {"kind": "action", "text": "Server neu starten", "key": KEY, "noted_at": ""},
        "decide": {"decision": "Wir schalten um", "grounds": "Sicherung fertig"},
        "schools-hit": {"schools": [school.pk], "seen": ""},
    }
    for verb, facts in sent.items():
        answer = client.post(f"{path}{verb}/", facts | here)
        assert (verb, answer.status_code, answer["Location"]) == (verb, 302, f"{path}room/")
    page = client.get(f"{path}room/").content.decode()
    for words in ("2 / 3", "Lea Leitung", "Server neu starten", "Wir schalten um", "Schule Musterwil", "unbesetzt"):
        assert words in page, words
    note = SituationNote.objects.get()
    assert client.post(f"{path}situation-done/", {"note": note.pk} | here).status_code == 302
    story = client.get(path).content.decode()
    assert "Erledigt: Massnahme" in story
    assert "Betroffene Schulen: + Schule Musterwil" in story


def test_an_empty_note_is_refused_beside_its_field(enter: Entering, path: str) -> None:
    answer = enter("lead").post(f"{path}situation-note/", {"kind": "need", "text": " "})
    assert (answer.status_code, 'value="need"' in answer.content.decode()) == (422, True)


def test_who_only_reads_is_told_so_and_refused(enter: Entering, path: str) -> None:
    client = enter("dev2")
    page = client.get(f"{path}room/").content.decode()
    assert "Sie lesen mit." in page
    assert 'id="room-note"' not in page
    assert client.post(f"{path}take-role/", {"role": "lead"}).status_code == 403
    assert not RoomRole.objects.exists()


def test_what_is_no_major_has_no_room(enter: Entering, company: Company) -> None:
    incident = company.incident()
    answer = enter("lead").get(f"/incidents/{incident.number}/room/")
    assert answer["Location"] == f"/incidents/{incident.number}/"


def test_the_room_asks_the_same_few_questions_and_nothing_while_nothing_changed(
    enter: Entering, company: Company, path: str
) -> None:
    client, here, number = enter("lead"), f"{path}room/", path.split("/")[2]

    def noted(times: int) -> int:
        for kind in ("condition", "action", "need") * times:
            room.situation_note(number, kind=kind, text="x", by=company.by("support"), now=company.now)
            room.decide(number, decision="y", by=company.by("support"), now=company.now)
            facts = {"audiences": ["staff"], "subject_de": "x", "body_de": "y"}
            stakeholders.stakeholder_update(number, by=company.by("support"), now=company.now, **facts)  # type: ignore[arg-type]
        client.get(here)
        with CaptureQueriesContext(connection) as asked:
            client.get(here)
        return len(asked)

    few = noted(1)
    assert noted(4) == few
    assert few <= MOST_QUERIES
    live = {"HX-Request": "true", "HX-Target": "room"}
    first = client.get(here, headers=live)
    assert 'id="room-head"' in first.content.decode()
    assert client.get(here, headers=live | {"If-None-Match": first["ETag"]}).status_code == 304


def test_a_message_is_written_from_a_template_and_released_by_somebody_else(
    enter: Entering, company: Company, path: str
) -> None:
    desk, lead, here = enter("support"), enter("lead"), f"{path}room/"
    assert f"{path}stakeholder-update/?template=first_information" in desk.get(here).content.decode()
    form = desk.get(f"{path}stakeholder-update/?template=first_information").content.decode()
    assert "Störung: Noten lassen sich nicht speichern" in form
    facts = {"audiences": ["staff"], "subject_de": "Störung", "body_de": "Wir arbeiten <daran>.", "next": here}
    assert desk.post(f"{path}stakeholder-update/", facts)["Location"] == here
    message = StakeholderMessage.objects.get()
    own, theirs, start = (client.get(way).content.decode() for client, way in ((desk, here), (lead, here), (lead, "/")))
    assert "release-update" not in own
    assert "gefragt sind:" in own
    assert "StakeholderMessage" not in own
    assert "release-update" in theirs
    assert "Wir arbeiten &lt;daran&gt;." in theirs
    assert f"{here}#message-{message.pk}" in start
    rewritten = desk.get(f"{path}stakeholder-update/?message={message.pk}").content.decode()
    assert "Wir arbeiten &lt;daran&gt;." in rewritten
    assert desk.post(f"{path}release-update/", {"message": message.pk}).status_code == 403
    refused = lead.post(f"{path}return-update/", {"message": message.pk, "reason": "nö"})
    assert (refused.status_code, "Was soll anders werden?" in refused.content.decode()) == (422, True)
    assert lead.post(f"{path}release-update/", {"message": message.pk, "next": here}).status_code == 302
    assert "freigegeben von Lea Leitung" in desk.get(here).content.decode()
    receipts = desk.get(f"{here}messages/{message.pk}/").content.decode()
    assert "Pia Projekt" in receipts
    assert "Wir arbeiten &lt;daran&gt;." in desk.get(path).content.decode(), "it stands on the timeline"
    assert f"{here}#message" not in lead.get("/").content.decode()


def test_receipts_name_schools_and_put_first_what_reached_nobody(enter: Entering, company: Company, path: str) -> None:
    number, by = path.split("/")[2], {"by": company.by("support"), "now": company.now}
    School.objects.create(name="Schule Beispiel", canton="ZH", email="x@beispiel.example")
    room.count_schools(number, add=list(School.objects.values_list("pk", flat=True)), **by)  # type: ignore[arg-type]
    facts = {"audiences": ["schools"], "subject_de": "Störung", "body_de": "Text"}
    stakeholders.stakeholder_update(number, **facts, **by)  # type: ignore[arg-type]
    pk = StakeholderMessage.objects.get().pk
    stakeholders.release_update(number, message=pk, by=company.by("lead"), now=company.now)
    client, live = enter("support"), {"HX-Request": "true", "HX-Target": "room"}
    tag = client.get(f"{path}room/", headers=live)["ETag"]
    Message.objects.filter(address="schule@musterwil.example").update(state="dead", error="550 unknown")
    page = client.get(f"{path}room/messages/{pk}/").content.decode()
    assert page.index("Schule Musterwil") < page.index("Schule Beispiel")
    assert "550 unknown" in page
    changed = client.get(f"{path}room/", headers=live | {"If-None-Match": tag})
    assert (changed.status_code, "nicht zustellbar" in changed.content.decode()) == (200, True)
    assert client.get(f"{path}room/messages/{pk + 1}/").status_code == 404
