"""`sla/what-if/`: what other promises would have changed, worked out by a worker. Only the question is stored."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.base import ApiViewSet
from api.examples import body
from api.fields import Instant
from api.inputs import In, facts_of
from lifecycle import what_if
from sla.models import WhatIf

RUNNING_AGAIN_S = 1
_SIDE = {"state": "running", "target_s": 28800, "due_at": "2026-11-23T15:30:00+00:00", "breached_at": None}
EXAMPLE = OpenApiExample(
    "Done",
    value={
        "id": "7f1e2f0a-4a52-4c0c-9d0e-1d2c3b4a5f60",
        "state": "done",
        "as_of": "2026-11-23T08:00:00Z",
        "since": "2026-08-23T08:00:00Z",
        "total": 50000,
        "done": 50000,
        "percent": 100,
        "result": {
            "attainment": [
                {
                    "clock": "resolution",
                    "priority": "high",
                    "before": {"met": 930, "breached": 70, "attainment": 0.93},
                    "after": {"met": 810, "breached": 190, "attainment": 0.81},
                }
            ],
            "open": 123,
            "changed": 1,
            "newly_broken": 0,
            "incidents": [
                {
                    "number": "INC-2026-000123",
                    "title": "Noten lassen sich nicht speichern",
                    "clock": "resolution",
                    "before": _SIDE,
                    "after": _SIDE | {"target_s": 14400, "due_at": "2026-11-23T11:30:00+00:00"},
                    "newly_broken": False,
                }
            ],
        },
    },
    response_only=True,
)


class WhatIfIn(In):
    """Sections of the process document as they would be, by the document's own schema (`manage.py process schema`)."""

    sla = serializers.DictField(required=False, help_text="§9: targets and checkpoints.")
    calendars = serializers.ListField(child=serializers.DictField(), required=False, max_length=100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """At least one section."""
        if not attrs:
            raise ValidationError({"sla": [_("Bitte sla oder calendars angeben.")]})
        return attrs


class ShareOut(serializers.Serializer[Any]):
    """Met ÷ (met + breached) of clocks that are decided; null when none is."""

    met = serializers.IntegerField()
    breached = serializers.IntegerField()
    attainment = serializers.FloatField(allow_null=True)


class AttainmentOut(serializers.Serializer[Any]):
    """A target and priority, under the document each incident has and under the edited one."""

    clock = serializers.CharField()
    priority = serializers.CharField()
    before = ShareOut()
    after = ShareOut()


class SideOut(serializers.Serializer[Any]):
    """A clock."""

    state = serializers.CharField()
    target_s = serializers.IntegerField()
    due_at = serializers.DateTimeField(allow_null=True)
    breached_at = serializers.DateTimeField(allow_null=True)


class ChangeOut(serializers.Serializer[Any]):
    """An open incident whose clock would be another; `newly_broken` when it would be broken by now and is not."""

    number = serializers.CharField()
    title = serializers.CharField()
    clock = serializers.CharField()
    before = SideOut()
    after = SideOut()
    newly_broken = serializers.BooleanField()


class ResultOut(serializers.Serializer[Any]):
    """What would be different. At most 500 incidents are named; `changed` and `newly_broken` count all clocks."""

    attainment = AttainmentOut(many=True)
    open = serializers.IntegerField()
    changed = serializers.IntegerField()
    newly_broken = serializers.IntegerField()
    incidents = ChangeOut(many=True)


@extend_schema_serializer(examples=[EXAMPLE])
class WhatIfOut(serializers.Serializer[Any]):
    """A question: `queued`, `running`, `done`, `cancelled` or `failed`; `result` once it is done."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    as_of = Instant(source="created_at")
    since = Instant()
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    percent = serializers.IntegerField()
    result = ResultOut(allow_null=True)


class WhatIfs(ApiViewSet):
    """Trying other promises on what has happened."""

    scope = "incidents"
    only_reads = True
    serializer_class = WhatIfOut
    pagination_class = None

    @extend_schema(
        summary="What if these were our targets or calendars? Always answered by a job; nothing else is written.",
        description=(
            "202 with the address of the job in `Location`, however short the history. Ask there until `state` is "
            "`done`, `cancelled` or `failed`; `DELETE` cancels. The answer is kept for a day and only for whoever "
            "asked. Counted are incidents reported in the last 92 days, decided clocks of the first cycle only; open "
            "incidents are told as if the edited document were theirs. What was sent is validated like a document: "
            "each error names its path. At most three unanswered questions per person."
        ),
        request=WhatIfIn,
        responses={202: WhatIfOut},
        examples=[
            body(
                calendars=[
                    {
                        "key": "8x5",
                        "label": {"de": "Bürozeiten", "en": "Office hours"},
                        "paragraph": "§9",
                        "weekly": {"mon": [{"open": "08:00", "close": "17:00"}]},
                    }
                ]
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Project management, heads and administrators."""
        row = what_if.ask(facts_of(WhatIfIn, request), by=self.by, now=self.now)
        return self._told(row, status=202)

    @extend_schema(
        summary="How far a question has come, and its answer.", parameters=[OpenApiParameter("id", UUID, "path")]
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        """For a day, and only for whoever asked."""
        return self._told(what_if.question(UUID(pk), by=self.by, now=self.now))

    @extend_schema(
        summary="Cancels a question. One that is over stays as it is.",
        parameters=[OpenApiParameter("id", UUID, "path")],
        responses={204: None},
    )
    def destroy(self, request: Request, pk: str) -> Response:
        """At the worker's next chunk."""
        what_if.cancel(UUID(pk), by=self.by, now=self.now)
        return Response(status=204)

    def _told(self, row: WhatIf, status: int = 200) -> Response:
        told = {name: getattr(row, name) for name in ("id", "state", "created_at", "since", "total", "done", "percent")}
        result = what_if.answer_of(row, by=self.by) if row.state == WhatIf.State.DONE else None
        headers = {"Location": reverse("api:what-if", [row.pk], request=self.request)}
        if not row.is_over:
            headers["Retry-After"] = str(RUNNING_AGAIN_S)
        return Response(WhatIfOut(told | {"result": result}).data, status=status, headers=headers)
