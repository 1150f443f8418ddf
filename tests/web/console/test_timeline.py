"""The timeline: messages sent one after another are one line, and nothing of them is lost."""

from __future__ import annotations

import re

from core.actors import SYSTEM
from core.audit import Fact, record
from core.models import Event
from lifecycle import respond
from tests.company import Company
from tests.web.console.conftest import Entering


def sent(company: Company, incident_id: int, *names: str) -> None:
    for name in names:
        data = {"message": 1, "channel": "email", "to": name}
        record(Fact("message.sent", "incident", incident_id, company.now, SYSTEM, data=data))


def test_messages_one_after_another_fold_into_one_line(enter: Entering, company: Company) -> None:
    incident = company.incident()
    sent(company, incident.pk, "Anna", "Bruno", "Carla")
    respond.note(incident.number, text="Dazwischen", by=company.by("support"), now=company.now)
    sent(company, incident.pk, "Dario")

    page = enter("support").get(f"/incidents/{incident.number}/").content.decode()

    [folded] = re.findall(r'<details id="run-\d+">.*?</details>', page, re.S)
    assert "3 Mitteilungen versendet" in folded
    assert [folded.find(f"Mitteilung an {name} versendet") > 0 for name in ("Anna", "Bruno", "Carla", "Dario")] == [
        True,
        True,
        True,
        False,
    ]
    assert "Mitteilung an Dario versendet" in page.replace(folded, "")
    for event in Event.objects.filter(kind="message.sent"):
        assert page.count(f'id="event-{event.pk}"') == 1


def test_a_line_that_was_unfolded_stays_so_when_another_message_is_sent(enter: Entering, company: Company) -> None:
    incident, client = company.incident(), enter("support")
    client.post("/language/", {"language": "en"})
    heads = []
    for name in ("Anna", "Bruno", "Carla"):
        sent(company, incident.pk, name)
        page = client.get(f"/incidents/{incident.number}/").content.decode()
        heads += re.findall(r'id="(run-\d+-head)".*?<strong>(.*?)</strong>', page)
    assert heads == [(heads[0][0], "2 messages sent"), (heads[0][0], "3 messages sent")]
