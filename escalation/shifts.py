"""Shifts from another program's calendar (RFC 5545) as overrides: who, from when, until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from core.rules.workhours import from_wall
from core.text import first_line
from directory.models import Person
from escalation.rules.oncall import Override

MOST = 500


class BadCalendar(ValueError):
    """The text is no calendar we can take over as a whole; `problems` says what is wrong, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_shifts(raw: bytes, *, people: Iterable[Person], zone: ZoneInfo, now: datetime) -> list[Override]:
    """The shifts of a calendar that are not over. All or nothing: BadCalendar names every entry that is unclear.

    A shift is its attendee's, found by e-mail address, else that of the person whose name or username its title is.
    Whole days and times without a zone are those of `zone`.
    """
    try:
        events = [part for part in Calendar.from_ical(raw).walk("VEVENT") if isinstance(part, Event)]
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        raise BadCalendar([_("Das ist keine Kalenderdatei (iCalendar, .ics).")]) from None
    if not events or len(events) > MOST:
        raise BadCalendar([_("Erwartet werden 1 bis %(most)s Einträge.") % {"most": MOST}])
    known = _names(people)
    shifts, problems = [], []
    for event in events:
        try:
            shifts.append(_shift(event, known, zone))
        except ValueError as error:
            problems.append(f"{first_line(str(event.get('SUMMARY', '–')), limit=60)}: {error}")
    if problems:
        raise BadCalendar(problems)
    return [shift for shift in shifts if shift.end > now]


def _names(people: Iterable[Person]) -> dict[str, Person]:
    """What people are called by; a name that two of them have stands for neither."""
    known: dict[str, Person] = {}
    twice = {""}
    for person in people:
        for name in {text.strip().casefold() for text in (person.email, person.username, person.display_name)}:
            twice |= {name} if name in known else set()
            known[name] = person
    return {name: person for name, person in known.items() if name not in twice}


def _shift(event: Event, known: Mapping[str, Person], zone: ZoneInfo) -> Override:
    if "RRULE" in event or "RDATE" in event:
        raise ValueError(_("Wiederholungen werden nicht gelesen; bitte einzeln exportieren."))
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        raise ValueError(_("Der Eintrag ist abgesagt."))
    person = _person(event, known)
    if person is None:
        raise ValueError(_("Weder Teilnehmer noch Titel ist eine Person dieser Rolle."))
    try:
        start, end = (_instant(moment, zone) for moment in (event.start, event.end))
    except Exception:  # whatever a calendar program wrote there
        raise ValueError(_("Anfang oder Ende fehlt.")) from None
    if end <= start:
        raise ValueError(_("Das Ende liegt nicht nach dem Anfang."))
    return Override(person.pk, start, end)


def _person(event: Event, known: Mapping[str, Person]) -> Person | None:
    attendees = event.get("ATTENDEE", [])
    given = attendees if isinstance(attendees, list) else [attendees]
    names = [str(name).removeprefix("mailto:").removeprefix("MAILTO:") for name in given]
    names.append(str(event.get("SUMMARY", "")))
    return next((known[name] for name in (name.strip().casefold() for name in names) if name in known), None)


def _instant(moment: datetime | date, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        return from_wall(datetime.combine(moment, time(0)), zone)
    return from_wall(moment, zone) if moment.tzinfo is None else moment.astimezone(UTC)
