"""`incidents/{number}/sla/`: each clock of an incident, stretch by stretch, and what it did at any minute (§9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.fields import Instant
from api.instants import InstantIn
from incidents.selectors import visible_to
from lifecycle.explaining import Line, clock_stories

_EVENT = {
    "id": 4711,
    "kind": "incident.held",
    "text": "Wartend: Wartet auf Meldende",
    "at": "2026-11-23T09:30:00Z",
    "actor": "Sina Muster",
}
_SEGMENT: dict[str, Any] = {
    "from": "2026-11-23T09:30:00Z",
    "to": "2026-11-23T10:00:00Z",
    "state": "standing",
    "cause": "waiting",
    "text": "Steht: Wartet auf Meldende",
    "seconds": 0,
    "openings": 0,
    "closed": [],
    "rule": "R5",
    "paragraph": "§9",
    "pending_reason": "awaiting_reporter",
    "event": _EVENT,
    "calendar": "business",
    "canton": "ZH",
    "target_number": 1,
}
_CLOCK: dict[str, Any] = {
    "kind": "resolution",
    "state": "paused",
    "started_at": "2026-11-23T08:00:00Z",
    "due_at": None,
    "manual": False,
    "stopped_at": None,
    "breached_at": None,
    "breach_cause": "",
    "elapsed_s": 5400,
    "remaining_s": 23400,
    "sum_s": 5400,
    "targets": [
        {
            "number": 1,
            "since": "2026-11-23T08:00:00Z",
            "target_s": 28800,
            "calendar": "business",
            "priority": "high",
            "manual": False,
            "text": "Priorität «Hoch», Kalender «Servicezeiten (Mo–Fr 08–18 Uhr)» (§9)",
        }
    ],
    "segments": [_SEGMENT],
    "at": None,
}
EXAMPLE = OpenApiExample(
    "Waiting",
    value={"number": "INC-2026-000123", "as_of": "2026-11-23T10:00:00Z", "clocks": [_CLOCK]},
    response_only=True,
)


class EntryOut(serializers.Serializer[Any]):
    """The entry of the log that made the clock run or stand."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    text = serializers.CharField()
    at = Instant()
    actor = serializers.CharField()


class StretchOut(serializers.Serializer[Any]):
    """[from, to) in which a clock ran or stood for one reason.

    `cause`: `open` is the only one that costs `seconds`; `closed` outside opening hours, `waiting` a hold that stops
    the clock, `over` answered, solved or cancelled. Of a very long history a month is one stretch, `openings` says of
    how many. `closed` names weekends, holidays and exceptions in it. `rule` is R1–R17 of the clock's description.
    """

    vars()["from"] = Instant(source="stretch.begins_at")  # `from` is a word of Python
    to = Instant(source="stretch.ends_at")
    state = serializers.SerializerMethodField()
    cause = serializers.ChoiceField(["open", "closed", "waiting", "over"], source="stretch.cause")
    text = serializers.CharField()
    seconds = serializers.IntegerField(source="stretch.seconds")
    openings = serializers.IntegerField(source="stretch.openings")
    closed = serializers.ListField(child=serializers.CharField())
    rule = serializers.CharField()
    paragraph = serializers.CharField()
    pending_reason = serializers.CharField(source="stretch.segment.reason")
    event = EntryOut(allow_null=True)
    calendar = serializers.CharField(source="stretch.segment.calendar")
    canton = serializers.CharField(source="stretch.segment.canton", allow_null=True)
    target_number = serializers.IntegerField(source="stretch.segment.number")

    def get_state(self, line: Line) -> str:
        """`running` or `standing`."""
        return "running" if line.stretch.runs else "standing"


class PromiseOut(serializers.Serializer[Any]):
    """What was promised from an instant on, and why it was this."""

    number = serializers.IntegerField(source="segment.number")
    since = Instant()
    target_s = serializers.IntegerField(source="segment.target_s")
    calendar = serializers.CharField(source="segment.calendar")
    priority = serializers.CharField(source="segment.priority", allow_null=True)
    manual = serializers.BooleanField(source="segment.is_by_hand")
    text = serializers.CharField()


class ClockStoryOut(serializers.Serializer[Any]):
    """A clock. `sum_s`, the seconds of its segments, equals `elapsed_s`. `at` is the stretch the asked minute is in."""

    kind = serializers.CharField(source="state.kind")
    state = serializers.CharField(source="state.state", help_text="running, paused, met, breached or cancelled")
    started_at = Instant(source="state.started_at")
    due_at = Instant(source="state.deadline", allow_null=True)
    manual = serializers.SerializerMethodField()
    stopped_at = Instant(source="state.stopped_at", allow_null=True)
    breached_at = Instant(source="state.breached_at", allow_null=True)
    breach_cause = serializers.CharField(source="state.breach_cause")
    elapsed_s = serializers.IntegerField(source="state.elapsed_s")
    remaining_s = serializers.IntegerField()
    sum_s = serializers.IntegerField()
    targets = PromiseOut(source="promises", many=True)
    segments = StretchOut(source="lines", many=True)
    at = StretchOut(allow_null=True)

    def get_manual(self, story: Any) -> bool:
        """Whether a due instant set by hand counts (R15)."""
        return story.state.manual_due_at is not None


@extend_schema_serializer(examples=[EXAMPLE])
class ClocksOut(serializers.Serializer[Any]):
    """The clocks of an incident as of an instant, derived from its events."""

    number = serializers.CharField()
    as_of = Instant()
    clocks = ClockStoryOut(many=True)


class IncidentClocks(ApiViewSet):
    """Clocks that explain themselves."""

    scope = "incidents"
    serializer_class = ClocksOut
    pagination_class = None

    def known_parameters(self) -> set[str]:
        """Only the minute."""
        return {"at"}

    @extend_schema(
        summary="Each clock of an incident: which promise, and when it ran or stood for which reason.",
        parameters=[
            OpenApiParameter(
                "at", datetime, description="Did it run or stand at this instant? From the start of the clock to now."
            )
        ],
        responses=ClocksOut,
    )
    def retrieve(self, request: Request, number: str) -> Response:
        """Derived from the events this moment."""
        incident = visible_to(self.person).filter(number=number.upper()).first()
        if incident is None:
            raise Http404
        at = self._asked(request)
        stories = clock_stories(incident, language=get_language() or "de", now=self.now, at=at)
        if at is not None and stories and at < stories[0].state.started_at:
            raise ValidationError({"at": [_("Da gab es diese Uhren noch nicht.")]})
        return Response(ClocksOut({"number": incident.number, "as_of": self.now, "clocks": stories}).data)

    def _asked(self, request: Request) -> datetime | None:
        text = request.query_params.get("at")
        if text is None:
            return None
        try:
            at: datetime = InstantIn().run_validation(text)
        except ValidationError as error:
            raise ValidationError({"at": error.detail}) from None
        if at > self.now:
            raise ValidationError({"at": [_("Das liegt in der Zukunft.")]})
        return at
