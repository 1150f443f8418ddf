"""Shifts planned in another program become overrides: all of them or none, and none twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from directory.models import Person
from escalation.models import Rota, RotaOverride
from lifecycle.errors import Forbidden, Invalid, NotFound
from lifecycle.on_call import save_rota, take_over_calendar
from notifications.models import Message
from tests.company import Company

pytestmark = pytest.mark.django_db
DEVI = "ATTENDEE;CN=Devi:mailto:dev@escola.example"
NEXT_YEAR = "20271230"


@pytest.fixture
def rota(company: Company, now: datetime) -> Rota:
    """Development, without a layer."""
    return save_rota(role="development", time_zone="Europe/Zurich", by=company.by("it"), now=now)


def calendar(*events: str) -> bytes:
    inner = "".join(f"BEGIN:VEVENT\r\nUID:{place}\r\n{event}\r\nEND:VEVENT\r\n" for place, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Planer//DE\r\n{inner}END:VCALENDAR\r\n".encode()


def event(*lines: str, start: str = ":20261124T080000Z", end: str = ":20261125T080000Z") -> str:
    return "\r\n".join([*lines, f"DTSTART{start}", f"DTEND{end}"])


def take(rota: Rota, company: Company, *events: str) -> list[tuple[str, datetime, datetime]]:
    rows = take_over_calendar(rota.pk, raw=calendar(*events), by=company.by("lead"), now=company.now)
    return [(row.person.username, row.starts_at, row.ends_at) for row in rows]


def test_a_shift_is_its_attendees_or_that_of_the_person_in_its_title(company: Company, rota: Rota) -> None:
    day = datetime(2026, 11, 24, 8, tzinfo=UTC), datetime(2026, 11, 25, 8, tzinfo=UTC)

    assert take(rota, company, event("SUMMARY:Pikett", DEVI), event("SUMMARY:dario ERDACHT")) == [
        ("dev", *day),
        ("dev2", *day),
    ]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (";VALUE=DATE:20270328", ";VALUE=DATE:20270329", 23),
        (":20270328T000000", ":20270329T000000", 23),
        (";TZID=Europe/Zurich:20270328T000000", ";TZID=Europe/Zurich:20270329T000000", 23),
        (";TZID=America/New_York:20270327T190000", ";TZID=America/New_York:20270328T190000", 24),
    ],
    ids=["whole day", "no zone", "zone", "another zone"],
)
def test_days_and_times_without_a_zone_are_the_rotas(
    company: Company, rota: Rota, start: str, end: str, hours: int
) -> None:
    [(_who, begins, ends)] = take(rota, company, event(DEVI, start=start, end=end))

    assert (begins, ends - begins) == (datetime(2027, 3, 27, 23, tzinfo=UTC), timedelta(hours=hours))


def test_the_same_calendar_again_changes_nothing_and_what_is_over_stays_away(company: Company, rota: Rota) -> None:
    over = event(DEVI, start=":20261101T080000Z", end=":20261102T080000Z")

    assert len(take(rota, company, event(DEVI), over, event(DEVI))) == 1
    assert take(rota, company, event(DEVI)) == []
    assert RotaOverride.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (event("SUMMARY:Sina Muster"), "Sina Muster: Weder Teilnehmer noch Titel"),
        (event(DEVI, "RRULE:FREQ=WEEKLY"), "Wiederholungen"),
        (event(DEVI, "STATUS:CANCELLED"), "abgesagt"),
        (event(DEVI, end=":20261124T080000Z"), "nicht nach dem Anfang"),
        (DEVI, "Anfang oder Ende fehlt"),
        (event(DEVI, end=f":{NEXT_YEAR}T080000Z"), "ein Jahr"),
    ],
    ids=["somebody else", "recurring", "cancelled", "empty", "no time", "too far"],
)
def test_an_unclear_entry_is_named_and_nothing_is_taken_over(
    company: Company, rota: Rota, wrong: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        take(rota, company, event(DEVI), wrong)
    assert not RotaOverride.objects.exists()


def test_a_name_that_two_people_have_stands_for_neither(company: Company, rota: Rota) -> None:
    Person.objects.filter(pk=company.dev2.pk).update(first_name="Devi", last_name="Erfunden")

    with pytest.raises(Invalid, match="Weder Teilnehmer noch Titel"):
        take(rota, company, event("SUMMARY:Devi Erfunden"))
    assert len(take(rota, company, event("SUMMARY:Devi Erfunden", DEVI))) == 1


@pytest.mark.parametrize("raw", [b"", b"hello", b"\x00\xff", b"BEGIN:VCALENDAR\r\n", calendar(), calendar("DTSTART:x")])
def test_what_is_no_calendar_is_refused(company: Company, rota: Rota, raw: bytes) -> None:
    with pytest.raises(Invalid):
        take_over_calendar(rota.pk, raw=raw, by=company.by("lead"), now=company.now)


def test_only_who_edits_rotas_may(company: Company, rota: Rota) -> None:
    with pytest.raises(Forbidden):
        take_over_calendar(rota.pk, raw=calendar(event(DEVI)), by=company.by("dev"), now=company.now)
    with pytest.raises(NotFound):
        take_over_calendar(0, raw=calendar(event(DEVI)), by=company.by("lead"), now=company.now)
