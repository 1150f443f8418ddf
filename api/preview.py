"""`sla/preview/`: when something would be due, and why, by the function that winds the real clocks (§9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.clocks import PromiseOut, StretchOut
from api.examples import body
from api.fields import Instant
from api.inputs import In, facts_of, key
from api.instants import InstantIn
from core.rules.workhours import MAX_SECONDS
from lifecycle.explaining import story_of
from process.rules.calendar import hours, is_canton
from process.schema import ClockKind, Document, Priority
from process.selectors import current_document
from sla.rules.preview import Pause, Terms, preview

MOST_PAUSES, MOST_CHANGES = 200, 50
REACH = timedelta(days=3653)
FIRST_YEAR = 1970
Errors = dict[str, Any]


class PauseIn(In):
    """A stretch [from, to) in which the clock stands."""

    vars()["from"] = InstantIn()  # `from` is a word of Python
    to = InstantIn()


class ChangeIn(In):
    """What is agreed from an instant on. What is not given stays.

    `priority` stands for target and calendar that the document in force promises for the resolution of that priority.
    """

    at = InstantIn()
    target_s = serializers.IntegerField(required=False, min_value=1, max_value=MAX_SECONDS)
    calendar = key(required=False)
    canton = serializers.CharField(required=False, max_length=2)
    priority = serializers.ChoiceField([priority.value for priority in Priority], required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something changes, and the target is said once."""
        if len(attrs) == 1:
            raise ValidationError(
                [_("Hier ändert sich nichts: Bitte target_s, calendar, canton oder priority nennen.")]
            )
        if "priority" in attrs and {"target_s", "calendar"} & set(attrs):
            raise ValidationError({"priority": [_("Entweder priority oder target_s und calendar.")]})
        return attrs


class PreviewIn(In):
    """An agreement, and what happens on the way."""

    start = InstantIn(help_text="Not in the future.")
    target_s = serializers.IntegerField(
        min_value=1, max_value=MAX_SECONDS, help_text="Seconds of opening hours, at most ten years."
    )
    calendar = key(help_text="A calendar of the document in force, such as `8x5` or `24x7`.")
    canton = serializers.CharField(
        required=False, max_length=2, help_text="Whose public holidays; by default the calendar's own."
    )
    pauses = serializers.ListField(child=PauseIn(), default=list, max_length=MOST_PAUSES)
    changes = serializers.ListField(child=ChangeIn(), default=list, max_length=MOST_CHANGES)


EXAMPLE = OpenApiExample(
    "Raised",
    value={
        "start": "2026-11-20T14:00:00Z",
        "due_at": "2026-11-21T11:00:00Z",
        "breach_cause": "",
        "elapsed_s": 14400,
        "targets": [
            {
                "number": 1,
                "since": "2026-11-20T14:00:00Z",
                "target_s": 28800,
                "calendar": "8x5",
                "priority": None,
                "manual": False,
                "text": "Kalender «Bürozeiten (Mo–Fr 08–12 und 13–17 Uhr)»",
            }
        ],
        "segments": [
            {
                "from": "2026-11-20T14:00:00Z",
                "to": "2026-11-20T16:00:00Z",
                "state": "running",
                "cause": "open",
                "text": "Läuft: «Bürozeiten (Mo–Fr 08–12 und 13–17 Uhr)» ist offen",
                "seconds": 7200,
                "openings": 1,
                "closed": [],
                "rule": "R4",
                "paragraph": "",
                "pending_reason": "",
                "event": None,
                "calendar": "8x5",
                "canton": "ZH",
                "target_number": 1,
            }
        ],
    },
    response_only=True,
)


@extend_schema_serializer(examples=[EXAMPLE])
class PreviewOut(serializers.Serializer[Any]):
    """When it would be due, and the stretches up to then; their seconds add up to `elapsed_s`.

    `breach_cause` is `reclassified` when a change left less than was used: then it breaks at that change.
    """

    start = Instant(source="state.started_at")
    due_at = Instant(source="state.due_at")
    breach_cause = serializers.CharField(source="state.breach_cause")
    elapsed_s = serializers.IntegerField(source="sum_s")
    targets = PromiseOut(source="promises", many=True)
    segments = StretchOut(source="lines", many=True)


class Preview(ApiViewSet):
    """Trying an agreement before one makes it."""

    scope = "process"
    only_reads = True
    serializer_class = PreviewOut
    pagination_class = None

    @extend_schema(
        summary="When would it be due, and why? With pauses and with changes on the way. Nothing is stored.",
        request=PreviewIn,
        responses=PreviewOut,
        examples=[
            body(
                start="2026-11-20T15:00:00+01:00",
                target_s=28800,
                calendar="8x5",
                canton="ZH",
                pauses=[{"from": "2026-11-20T15:30:00+01:00", "to": "2026-11-20T16:00:00+01:00"}],
                changes=[{"at": "2026-11-21T10:00[Europe/Zurich]", "priority": "critical"}],
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """By the rules of the real clocks: R2 to R7, and R9."""
        asked, document = facts_of(PreviewIn, request), current_document()[1]
        refuse(asked, document, now=self.now)
        terms = _terms(asked, document)
        pauses = [Pause(pause["from"], pause["to"]) for pause in asked["pauses"]]
        try:
            state = preview(terms, pauses, document)
        except ValueError:
            raise ValidationError({"target_s": [_("Diese Frist endet später, als Kalender reichen.")]}) from None
        return Response(PreviewOut(story_of(state, document, get_language() or "de")).data)


def refuse(asked: Mapping[str, Any], document: Document, *, now: datetime) -> None:
    """Raises ValidationError with everything that makes no agreement, each by its field."""
    start: datetime = asked["start"]
    errors: Errors = _places(asked, document)
    if start > now:
        errors["start"] = [_("Der Beginn liegt in der Zukunft.")]
    elif start.year < FIRST_YEAR:
        errors["start"] = [_("Der Beginn liegt vor %(year)s.") % {"year": FIRST_YEAR}]
    changes = {
        place: wrong
        for place, change in enumerate(asked["changes"])
        if (wrong := _places(change, document) | _time("at", change["at"], start))
    }
    pauses = _wrong_pauses(asked["pauses"], start)
    errors |= {name: wrong for name, wrong in (("changes", changes), ("pauses", pauses)) if wrong}
    if errors:
        raise ValidationError(errors)


def _places(given: Mapping[str, Any], document: Document) -> Errors:
    """What is wrong with a calendar or canton."""
    errors: Errors = {}
    known = [calendar.key for calendar in document.calendars]
    if "calendar" in given and given["calendar"] not in known:
        allowed = {"keys": ", ".join(known)}
        errors["calendar"] = [_("Diesen Kalender gibt es nicht. Erlaubt sind: %(keys)s.") % allowed]
    if "canton" in given and not is_canton(given["canton"]):
        errors["canton"] = [_("Diesen Kanton gibt es nicht; erwartet werden zwei Buchstaben wie ZH.")]
    return errors


def _time(name: str, at: datetime, start: datetime) -> Errors:
    if at < start:
        return {name: [_("Das liegt vor dem Beginn.")]}
    if at > start + REACH:
        return {name: [_("Das liegt mehr als zehn Jahre nach dem Beginn.")]}
    return {}


def _wrong_pauses(pauses: Sequence[Mapping[str, datetime]], start: datetime) -> Errors:
    errors: Errors = {}
    for place, pause in enumerate(pauses):
        wrong = _time("from", pause["from"], start) | _time("to", pause["to"], start)
        if pause["to"] < pause["from"]:
            wrong["to"] = [_("Diese Pause endet, bevor sie beginnt.")]
        if wrong:
            errors[str(place)] = wrong
    if not errors:
        errors = _overlaps(pauses)
    return errors


def _overlaps(pauses: Sequence[Mapping[str, datetime]]) -> Errors:
    errors: Errors = {}
    in_order = sorted(range(len(pauses)), key=lambda place: (pauses[place]["from"], pauses[place]["to"]))
    reaching = in_order[:1]
    for before, place in pairwise(in_order):
        if pauses[before]["to"] >= pauses[reaching[-1]]["to"]:
            reaching.append(before)
        other, pause = pauses[reaching[-1]], pauses[place]
        if pause["from"] < other["to"]:
            words = _("Diese Pause liegt in Pause %(other)s.")
            if pause["to"] > other["to"]:
                words = _("Diese Pause überschneidet sich mit Pause %(other)s.")
            errors[str(place)] = {"from": [words % {"other": reaching[-1]}]}
    return errors


def _terms(asked: Mapping[str, Any], document: Document) -> list[Terms]:
    """The agreement step by step; of two changes at one instant the one named later counts."""
    terms = [Terms(asked["start"], asked["target_s"], asked["calendar"], asked.get("canton"))]
    for change in sorted(asked["changes"], key=lambda change: change["at"]):
        last, given = terms[-1], dict(change)
        if "priority" in given:
            target = document.sla.target(ClockKind.RESOLUTION, Priority(given["priority"]))
            opening = hours(document.calendar(target.calendar), given.get("canton", last.canton))
            given |= {"target_s": target.length_s(opening, asked["start"]), "calendar": target.calendar}
        terms.append(
            Terms(
                at=given["at"],
                target_s=given.get("target_s", last.target_s),
                calendar=given.get("calendar", last.calendar),
                canton=given.get("canton", last.canton),
            )
        )
    return terms
