"""Pikett: who is called first, four weeks ahead, and the forms by which that changes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.actors import SYSTEM
from directory.services import set_absence
from escalation.models import Rota, RotaLayer, RotaOverride
from escalation.rules.oncall import DAILY, Layer
from lifecycle.on_call import put_in, save_layer, save_rota
from tests.company import Company
from tests.web.console.conftest import Entering

DAY = timedelta(days=1)
WEEKLY = Layer((), date(2026, 11, 16), time(8))


def set_up(company: Company) -> Rota:
    """Development: Dario has this week, Devi the next; one override; support without people."""
    by = company.by("lead")
    save_rota(role="support", time_zone="Europe/Zurich", by=by, now=company.now)
    rota = save_rota(role="development", time_zone="Europe/Zurich", by=by, now=company.now)
    save_layer(rota.pk, facts=WEEKLY, people=[company.dev, company.dev2], by=by, now=company.now)
    start = company.now + 2 * DAY
    put_in(rota.pk, person=company.dev, start=start, end=start + DAY, by=by, now=company.now, reason="Zahnarzt")
    return rota


@pytest.fixture
def rota(company: Company) -> Rota:
    """The rota of development."""
    return set_up(company)


def text_of(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def test_the_page_shows_who_is_first_now_and_next_and_four_weeks(enter: Entering, rota: Rota) -> None:
    page = text_of(enter("support").get("/on-call/").content)

    assert "Jetzt Dario Erdacht bis 25.11.2026, 09:00" in page
    assert "Danach Devi Erfunden ab 25.11.2026, 09:00" in page
    assert page.count("Woche ab") == 4 + 1
    assert "Mi 25.11., 09:00 – Do 26.11., 09:00 DE Devi Erfunden Vertretung für Dario Erdacht" in page
    assert "Zahnarzt" in page
    assert "Noch keine Ebene" in page
    assert "Leitung Entwicklung LL Lea Leitung nach Rang" in page
    assert "Vertretung eintragen" not in page


def test_a_gap_and_a_stand_in_are_named(enter: Entering, company: Company, rota: Rota) -> None:
    set_absence(company.dev2, until=company.now + DAY, actor=SYSTEM, now=company.now)
    rota.layers.update(weekdays=[0, 1, 2])
    page = text_of(enter("support").get("/on-call/").content)

    assert "springt ein für Dario Erdacht" in page
    assert "niemand, gerufen wird nach Rang" in page


def test_one_person_in_two_layers_one_after_the_other_is_one_line(
    enter: Entering, company: Company, rota: Rota
) -> None:
    nights = Layer((), date(2026, 11, 16), time(18), DAILY, frozenset({0}), time(18), time(7))
    save_layer(rota.pk, facts=nights, people=[company.dev2], by=company.by("lead"), now=company.now)
    page = text_of(enter("support").get("/on-call/").content)

    assert "Mo 23.11., 09:00 – Mi 25.11., 09:00 DE Dario Erdacht" in page
    assert "Mo 30.11., 18:00 – Di 01.12., 07:00 DE Dario Erdacht" in page


def test_a_rota_is_set_up_changed_and_taken_away(enter: Entering, company: Company) -> None:
    client = enter("it")
    assert client.post("/on-call/new/", {"role": "support", "time_zone": "Europe/Zurich"}).status_code == 302
    rota = Rota.objects.get()
    layer = {
        "person_1": company.support2.pk,
        "person_3": company.support.pk,
        "every_days": 1,
        "first": "2026-11-23",
        "hand_over": "08:00",
        "weekdays": ["0", "4"],
        "opens": "18:00",
        "closes": "07:00",
    }
    assert client.post(f"/on-call/{rota.pk}/layers/new/", layer).status_code == 302
    made = rota.layers.get()
    assert (made.every_days, made.weekdays, made.opens, made.closes) == (DAILY, [0, 4], time(18), time(7))
    assert [member.person for member in made.members.all()] == [company.support2, company.support]
    page = client.get(f"/on-call/{rota.pk}/layers/{made.pk}/").content.decode()
    assert f'<option value="{company.support2.pk}" selected>' in page

    client.post(f"/on-call/{rota.pk}/layers/{made.pk}/", {**layer, "every_days": 7})
    assert RotaLayer.objects.get().every_days == 7
    client.post(f"/on-call/{rota.pk}/", {"time_zone": "Europe/Lisbon"})
    rota.refresh_from_db()
    assert rota.time_zone == "Europe/Lisbon"
    client.post(f"/on-call/{rota.pk}/layers/{made.pk}/remove/")
    assert not RotaLayer.objects.exists()
    client.post(f"/on-call/{rota.pk}/remove/")
    assert not Rota.objects.exists()


def test_a_layer_without_people_is_refused_beside_its_field(enter: Entering, rota: Rota) -> None:
    layer = {"every_days": 7, "first": "2026-11-23", "hand_over": "08:00", "opens": "00:00", "closes": "00:00"}
    answer = enter("lead").post(f"/on-call/{rota.pk}/layers/new/", layer)

    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, ["person_1", "weekdays"])


def test_ones_own_turn_is_given_away_from_the_calendar(enter: Entering, company: Company, rota: Rota) -> None:
    client = enter("dev2")
    page = client.get("/on-call/").content.decode()
    link = re.findall(rf'href="(/on-call/{rota.pk}/override/\?start=[^"]+)"', page)[0].replace("&amp;", "&")
    assert 'value="2026-11-23T09:00"' in client.get(link).content.decode()

    typed = {"person": company.dev.pk, "start": "2026-11-23T09:00", "end": "2026-11-24T09:00", "reason": "Ferien"}
    assert client.post(link, typed).status_code == 302
    given = RotaOverride.objects.get(reason="Ferien")
    assert (given.person, given.starts_at) == (company.dev, company.now)
    client.post(f"/on-call/{rota.pk}/overrides/{given.pk}/remove/")
    assert not RotaOverride.objects.filter(pk=given.pk).exists()


def test_turns_are_swapped_by_their_ends(enter: Entering, company: Company, rota: Rota) -> None:
    client = enter("dev2")
    form = client.get(f"/on-call/{rota.pk}/swap/").context["form"]
    mine, others = ([key for key, _words in form.fields[name].choices] for name in ("one", "other"))
    ends = [datetime(2026, 11, 25, 8, tzinfo=UTC), datetime(2026, 11, 30, 7, tzinfo=UTC)]
    assert mine[:2] == [end.isoformat() for end in ends]

    assert client.post(f"/on-call/{rota.pk}/swap/", {"one": mine[1], "other": others[1]}).status_code == 302

    made = RotaOverride.objects.filter(reason="").order_by("id")
    assert [(row.person.username, row.starts_at, row.ends_at) for row in made] == [
        ("dev", datetime(2026, 11, 26, 8, tzinfo=UTC), ends[1]),
        ("dev2", ends[1], ends[1] + timedelta(weeks=1)),
    ]


def test_a_calendar_is_read_in(enter: Entering, company: Company, rota: Rota) -> None:
    client, path = enter("lead"), f"/on-call/{rota.pk}/calendar/"
    lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "SUMMARY:Devi Erfunden", "DTSTART:20261201T080000Z"]
    raw = "\r\n".join([*lines, "DTEND:20261202T080000Z", "END:VEVENT", "END:VCALENDAR", ""]).encode()
    answer = client.post(path, {"file": SimpleUploadedFile("plan.ics", raw)}, follow=True)
    assert "1 Einsätze übernommen." in answer.content.decode()
    assert RotaOverride.objects.get(reason="Aus einem Kalender").person == company.dev

    for wrong in (b"hello", b"x" * 1_000_001):
        assert client.post(path, {"file": SimpleUploadedFile("plan.ics", wrong)}).status_code == 422
    assert enter("dev").get(path).status_code == 403


def test_others_can_neither_edit_nor_take_what_is_not_theirs(enter: Entering, company: Company, rota: Rota) -> None:
    client, stretch = enter("support"), {"start": "2026-11-23T09:00", "end": "2026-11-24T09:00"}
    assert client.get(f"/on-call/{rota.pk}/").status_code == 403
    assert client.post(f"/on-call/{rota.pk}/remove/").status_code == 403
    assert client.post(f"/on-call/{rota.pk}/override/", {**stretch, "person": company.dev.pk}).status_code == 403
    override = RotaOverride.objects.get()
    assert client.post(f"/on-call/{rota.pk}/overrides/{override.pk}/remove/").status_code == 403
    assert enter("it").get("/on-call/999/").status_code == 404
    company.support2.holdings.all().delete()
    assert enter("support2").get("/on-call/").status_code == 403


def test_an_impossible_stretch_is_said_beside_its_field(enter: Entering, company: Company, rota: Rota) -> None:
    typed = {"person": company.dev.pk, "start": "2026-11-20T09:00", "end": "2026-11-21T09:00"}
    answer = enter("lead").post(f"/on-call/{rota.pk}/override/", typed)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["end"])
