"""Somebody's turns for their own calendar program (RFC 5545), behind a secret address instead of a login."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from core.clock import now
from directory.models import Person
from escalation.feed_links import person_of
from escalation.on_call import plans, rotas
from escalation.rules.oncall import Turn, Why, turns
from lifecycle.access import SEE_ON_CALL, may
from process.selectors import current_document

BACK, AHEAD = timedelta(weeks=2), timedelta(weeks=12)


@require_safe
def feed(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """Two weeks back, twelve ahead. 404 for an address that is no longer, or never was, one of ours."""
    person = person_of(pk, digest)
    if person is None or not may(person, SEE_ON_CALL):
        raise Http404
    instant = now()
    with translation.override("en" if person.language == "en" else "de-ch"):
        text = _calendar(person, instant).to_ical()
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="pikett.ics"'
    response["Referrer-Policy"] = "no-referrer"
    return response


def _calendar(person: Person, instant: datetime) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Escola IM//Pikett//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Pikett %(name)s") % {"name": person.display_name})
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for event in _events(person, instant):
        calendar.add_component(event)
    return calendar


def _events(person: Person, instant: datetime) -> Iterator[Event]:
    """The window begins on a Monday, so that the beginning and with it the UID of a long turn stays for a week."""
    today = timezone.localtime(instant).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = (today - timedelta(days=today.weekday())).astimezone(UTC)
    start, end = monday - BACK, monday + AHEAD
    known = {rota.role: rota.pk for rota in rotas()}
    language = translation.get_language() or "de"
    for role, plan in plans(since=start).items():
        for turn in turns(plan.rota, start, end):
            if turn.person == person.pk:
                label = current_document()[1].label("roles", role, language)
                whose = plan.people.get(turn.duty.instead_of or 0)
                yield _event(known[role], turn, label, whose, instant)


def _event(rota_pk: int, turn: Turn, label: str, instead_of: Person | None, instant: datetime) -> Event:
    event = Event()
    event.add("uid", f"rota-{rota_pk}-{turn.start.astimezone(UTC):%Y%m%dT%H%M%SZ}@escola-im")
    event.add("dtstamp", instant.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", turn.start.astimezone(UTC))
    event.add("dtend", turn.end.astimezone(UTC))
    event.add("summary", _("Pikett %(role)s") % {"role": label})
    if instead_of is not None:
        words = _("Vertretung für %(name)s") if turn.duty.why is Why.OVERRIDE else _("Springt ein für %(name)s")
        event.add("description", words % {"name": instead_of.display_name})
    event.add("transp", "TRANSPARENT")
    return event
