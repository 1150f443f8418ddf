"""Durchspielen: the page tells a night in advance, and its address can be shared."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from core.actors import SYSTEM
from core.models import Event
from directory.services import set_absence
from lifecycle.on_call import put_in, save_rota
from tests.company import Company
from tests.web.console.conftest import Entering

NIGHT = "2027-08-01T03:00"


def text_of(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def played(enter: Entering, number: str, **asked: str | list[str]) -> str:
    answer = enter("support").get("/on-call/simulate/", {"incident": number, **asked})
    assert answer.status_code == 200, answer.content.decode()
    return text_of(answer.content)


def test_a_link_from_the_incident_plays_the_whole_chain_now(enter: Entering, company: Company) -> None:
    number = company.incident(urgency="high").number
    client = enter("support")
    [link] = re.findall(
        r'href="(/on-call/simulate/[^"]*functional)#story"', client.get(f"/incidents/{number}/").content.decode()
    )

    page = text_of(client.get(link.replace("&amp;", "&")).content)

    assert "Niemand antwortet. Nach 3 h 30 ist die Kette zu Ende gerufen" in page
    assert "Mo 23.11., 09:00 SM Sina Muster In der App, E-Mail antwortet nicht" in page
    assert "Mo 23.11., 09:30 +30 min DE Devi Erfunden In der App, E-Mail antwortet nicht" in page
    assert "Niemand hat rechtzeitig übernommen · §5.1" in page
    assert "Alle noch einmal, 3. Mal" in page
    assert "Mo 23.11., 12:30 +3 h 30 · Niemand ist mehr zu rufen LL Lea Leitung In der App, E-Mail Alarm" in page


def test_the_night_of_the_first_of_august_with_one_who_does_not_answer(enter: Entering, company: Company) -> None:
    by = company.by("lead")
    rota = save_rota(role="support", time_zone="Europe/Zurich", by=by, now=company.now)
    far = company.now + timedelta(days=300)
    put_in(rota.pk, person=company.support2, start=company.now, end=far, by=by, now=company.now)
    number = company.incident(urgency="low", impact="low").number

    page = played(enter, number, chain="management", at=NIGHT, silent=["pm"], level="2")
    support = played(enter, number, chain="functional", at=NIGHT)

    assert "Bea Geschäft antwortet , 1 T 0 h nach dem Beginn" in page
    assert "So 01.08., 03:00 PP Pia Projekt In der App, E-Mail antwortet nicht" in page
    assert "Mo 02.08., 03:00 +1 T 0 h BG Bea Geschäft In der App, E-Mail antwortet" in page
    assert "SB Silas Beispiel Pikett In der App, E-Mail antwortet" in support
    assert "antwortet auf den ersten Ruf" in support


def test_who_is_away_and_levels_left_out_are_named(enter: Entering, company: Company) -> None:
    set_absence(company.dev, until=company.now + timedelta(days=2), actor=SYSTEM, now=company.now)
    company.support.holdings.all().delete()
    company.support2.holdings.all().delete()
    number = company.incident(by="lead").number

    client = enter("lead")
    page = text_of(client.get(f"/on-call/simulate/?incident={number}&chain=functional").content)

    assert "Abwesend, nicht gerufen: Devi Erfunden (bis 25.11.2026, 09:00 )" in page
    company.dev2.holdings.all().delete()
    page = text_of(client.get(f"/on-call/simulate/?incident={number}&chain=functional").content)
    assert "Übersprungen, niemand erreichbar: 2. Level: Entwicklung" in page
    company.lead.holdings.update(role="it_manager")
    page = text_of(enter("it").get(f"/on-call/simulate/?incident={number}&chain=functional").content)
    assert "Es wird gar niemand gerufen." in page


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"incident": "INC-1999-000001"}, "Diesen Incident gibt es nicht"),
        ({"at": "2037-08-01T03:00"}, "Höchstens ein Jahr"),
        ({"at": "bald"}, "gültig"),
        ({"chain": "other"}, "Auswahl"),
        ({"level": "9"}, "Auswahl"),
        ({"silent": "niemand"}, "Auswahl"),
    ],
)
def test_what_cannot_be_played_is_said_beside_its_field(
    enter: Entering, company: Company, asked: dict[str, str], refusal: str
) -> None:
    facts = {"incident": company.incident().number, "chain": "functional", "at": NIGHT, **asked}

    answer = enter("support").get("/on-call/simulate/", facts)

    assert answer.status_code == 422
    assert refusal in text_of(answer.content)


def test_asking_changes_nothing(enter: Entering, company: Company) -> None:
    number, client = company.incident().number, enter("support")
    before = Event.objects.count()

    client.get("/on-call/simulate/", {"incident": number})

    assert Event.objects.count() == before
    assert client.post("/on-call/simulate/", {"incident": number}).status_code == 405
    assert "Noch nichts gespielt" in text_of(client.get("/on-call/simulate/").content)


def test_it_is_english_for_who_reads_english(enter: Entering, company: Company) -> None:
    client = enter("support")
    number = company.incident(urgency="high").number
    client.post("/language/", {"language": "en"})

    page = text_of(client.get("/on-call/simulate/", {"incident": number}).content)

    assert "Who would be called?" in page
    assert "Nobody answers." in page
