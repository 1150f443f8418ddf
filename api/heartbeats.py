"""`heartbeats/`: jobs that must not fall silent (P-12.7). Making one answers with the address it has to call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.base import ApiViewSet, etag
from api.examples import body
from api.fields import Instant
from api.idempotency import once
from api.inputs import MAX_ID, In, ModuleField, facts_of, text
from api.pages import NEWEST, OLDEST
from api.verbs import with_condition
from heartbeats import selectors
from heartbeats.models import Heartbeat, Ping
from heartbeats.rules.schedule import Rhythm
from lifecycle import heartbeat_care as care
from lifecycle.access import MANAGE_SOURCES, SEE_SETTINGS, may, require
from lifecycle.errors import Invalid

ID = OpenApiParameter("id", int, "path")
LARGEST = 2**31 - 1


class HeartbeatIn(In):
    """What is agreed. Exactly one of `period_s`, `cron` and `oncalendar` says when it is expected."""

    name = text(120, required=False, help_text="Required when it is made; no two have the same.")
    period_s = serializers.IntegerField(required=False, max_value=LARGEST, help_text="60 s to 366 days.")
    cron = text(100, required=False, help_text="Five fields, as Debian's cron reads them.")
    oncalendar = text(100, required=False, help_text="A calendar expression of systemd.")
    time_zone = text(60, required=False, help_text="Of `cron` and `oncalendar`; by default Europe/Zurich.")
    grace_s = serializers.IntegerField(
        required=False, max_value=LARGEST, help_text="How late it may be, and how long a run may take: 60 s or more."
    )
    fails = serializers.IntegerField(required=False, max_value=20, help_text="Down when so many …")
    of = serializers.IntegerField(required=False, max_value=20, help_text="… of so many last runs were bad.")
    only_post = serializers.BooleanField(required=False, help_text="GET and HEAD count as nothing.")
    wakes_on_ping = serializers.BooleanField(required=False, help_text="A ping ends a pause.")
    kind = serializers.ChoiceField(Heartbeat.Kind.values, required=False)
    severity = serializers.ChoiceField(Heartbeat.Severity.values, required=False)
    module = ModuleField(required=False, allow_null=True, source="module_id")
    parent = serializers.IntegerField(  # type: ignore[assignment]  # a field, not whose field this is
        required=False, allow_null=True, min_value=1, max_value=MAX_ID, source="parent_id", help_text="It depends on."
    )
    is_backup = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The three ways of saying when, as the house keeps them."""
        ways = [name for name in ("period_s", "cron", "oncalendar") if name in attrs]
        if len(ways) > 1:
            raise ValidationError({name: [_("Nur eines von period_s, cron und oncalendar.")] for name in ways})
        for name in ways:
            value = attrs.pop(name)
            rhythm = Rhythm.PERIOD if name == "period_s" else Rhythm(name)
            attrs |= {"rhythm": rhythm, "period_s" if rhythm is Rhythm.PERIOD else "expression": value}
        return attrs


class HeartbeatOut(serializers.Serializer[Any]):
    """A heartbeat. `ping_url` is a secret: who knows it can ping; null for who may not look after heartbeats."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.SerializerMethodField()
    ping_url = serializers.SerializerMethodField()
    rhythm = serializers.ChoiceField([rhythm.value for rhythm in Rhythm])
    period_s = serializers.IntegerField(help_text="0 unless `rhythm` is `period`.")
    expression = serializers.CharField(help_text="Of cron or systemd.")
    time_zone = serializers.CharField()
    grace_s = serializers.IntegerField()
    fails = serializers.IntegerField()
    of = serializers.IntegerField()
    window = serializers.CharField(help_text="The last runs: `.` good, `x` bad.")
    only_post = serializers.BooleanField()
    wakes_on_ping = serializers.BooleanField()
    kind = serializers.ChoiceField(Heartbeat.Kind.values)
    severity = serializers.ChoiceField(Heartbeat.Severity.values)
    module = serializers.CharField(source="module.key", allow_null=True, default=None)
    parent = serializers.IntegerField(source="parent_id", allow_null=True)  # type: ignore[assignment]
    is_backup = serializers.BooleanField()
    is_running = serializers.SerializerMethodField()
    ping_count = serializers.IntegerField()
    last_ping_at = Instant(allow_null=True)
    last_success_at = Instant(allow_null=True)
    last_duration_s = serializers.FloatField(allow_null=True)
    expected_at = Instant(allow_null=True, help_text="Later than this it is late, and after the grace it is down.")
    created_at = Instant()
    version = serializers.IntegerField()

    def get_state(self, row: Heartbeat) -> str:
        """new, up, grace (late), down or paused."""
        return row.shown_at(self.context["view"].now).value

    def get_ping_url(self, row: Heartbeat) -> str | None:
        """The address the job calls."""
        view = self.context["view"]
        is_allowed = may(view.person, MANAGE_SOURCES)
        return view.request.build_absolute_uri(selectors.ping_path(row)) if is_allowed else None

    def get_is_running(self, row: Heartbeat) -> bool:
        """Whether a run has begun and not ended."""
        return row.started_at is not None


class PingOut(serializers.Serializer[Any]):
    """One ping with the beginning of what was sent."""

    n = serializers.IntegerField()
    at = Instant()
    action = serializers.ChoiceField(Ping.Action.values)
    method = serializers.CharField()
    exit_status = serializers.IntegerField(allow_null=True)
    rid = serializers.CharField(source="run")
    duration_s = serializers.FloatField(allow_null=True)
    late_s = serializers.IntegerField()
    agent = serializers.CharField()
    body = serializers.CharField()
    is_cut = serializers.BooleanField(help_text="More was sent than is kept.")


@contextmanager
def _as_it_was_sent(facts: dict[str, Any]) -> Iterator[None]:
    """A refused expression carries the name under which it came: `cron` or `oncalendar`."""
    try:
        yield
    except Invalid as problem:
        name = {"expression": str(facts.get("rhythm", "expression"))}
        raise Invalid({name.get(field, field): texts for field, texts in problem.errors.items()}) from None


class Heartbeats(ApiViewSet):
    """Heartbeats, by id."""

    scope = "heartbeats"
    serializer_class = HeartbeatOut
    queryset = Heartbeat.objects.none()
    orders = {"oldest": OLDEST, "newest": NEWEST}

    @extend_schema(summary="All heartbeats.")
    def list(self, request: Request) -> Response:
        """A page of heartbeats, in the order in which they were made."""
        require(self.by, SEE_SETTINGS)
        rows = self.paginate_queryset(selectors.heartbeats()) or []
        return self.get_paginated_response([self._told(row) for row in rows])

    @extend_schema(summary="One heartbeat.", parameters=[ID], responses=HeartbeatOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        """With its version as ETag."""
        require(self.by, SEE_SETTINGS)
        return self._answered(self._row(pk))

    @extend_schema(
        summary="Sets one up; the job calls `ping_url` from then on.",
        request=HeartbeatIn,
        responses={201: HeartbeatOut},
        examples=[
            body(name="Backup MySQL", period_s=86400, grace_s=3600, is_backup=True, severity="critical"),
            body(name="Notenexport", cron="30 2 * * *", time_zone="Europe/Zurich", grace_s=1800),
        ],
    )
    def create(self, request: Request) -> Response:
        """It is `new` until it was heard for the first time."""
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        facts = facts_of(HeartbeatIn, request)
        missing = [name for name in ("name", "grace_s") if name not in facts]
        if missing or "rhythm" not in facts:
            named = missing + ([] if "rhythm" in facts else ["period_s"])
            raise ValidationError({name: [_("Dieses Feld ist erforderlich.")] for name in named})
        with _as_it_was_sent(facts):
            row = care.create(facts, by=self.by, now=self.now)
        response = self._answered(row, status=201)
        response["Location"] = reverse("api:heartbeat", [row.pk], request=request)
        return response

    @extend_schema(
        summary="Changes what was agreed.",
        parameters=[ID],
        request=HeartbeatIn,
        responses=HeartbeatOut,
        examples=[body(grace_s=7200, fails=2, of=3)],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """What is not named stays. If-Match makes the version a condition."""
        facts = facts_of(HeartbeatIn, request)

        def change(given: dict[str, Any]) -> Heartbeat:
            version = given.pop("version", None)
            with _as_it_was_sent(given):
                return care.change(int(pk), given, by=self.by, now=self.now, version=version)

        with_condition(request, facts, change)
        return self._answered(self._row(pk))

    @extend_schema(summary="Removes one with its pings.", parameters=[ID], responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """An incident it opened is left to people."""
        with_condition(request, {}, lambda kept: care.delete(int(pk), by=self.by, now=self.now, **kept))
        return Response(status=204)

    @extend_schema(summary="Expects nothing for now.", parameters=[ID], request=None, responses=HeartbeatOut)
    def pause(self, request: Request, pk: str) -> Response:
        """Sticky: a ping does not end it, unless `wakes_on_ping` says so."""
        return self._moved(request, pk, care.pause)

    @extend_schema(summary="Ends a pause.", parameters=[ID], request=None, responses=HeartbeatOut)
    def resume(self, request: Request, pk: str) -> Response:
        """It is `new` again, until its next ping."""
        return self._moved(request, pk, care.resume)

    @extend_schema(summary="Another ping address, at once.", parameters=[ID], request=None, responses=HeartbeatOut)
    def rotate(self, request: Request, pk: str) -> Response:
        """The old address is unknown from then on."""
        return self._moved(request, pk, care.rotate)

    @extend_schema(summary="Pings of one, the newest first.", parameters=[ID], responses=PingOut(many=True))
    def pings(self, request: Request, pk: str) -> Response:
        """At most a hundred are kept."""
        require(self.by, SEE_SETTINGS)
        return Response(PingOut(selectors.pings_of(self._row(pk)), many=True).data)

    def _moved(self, request: Request, pk: str, verb: Any) -> Response:
        def moved() -> Response:
            with_condition(request, {}, lambda kept: verb(int(pk), by=self.by, now=self.now, **kept))
            return self._answered(self._row(pk))

        return once(request, moved)

    def get_queryset(self) -> QuerySet[Heartbeat]:
        """All of them."""
        return selectors.heartbeats()

    def _row(self, pk: str) -> Heartbeat:
        row = self.get_queryset().filter(pk=int(pk)).first()
        if row is None:
            raise Http404
        return row

    def _told(self, row: Heartbeat) -> Any:
        return HeartbeatOut(row, context={"view": self}).data

    def _answered(self, row: Heartbeat, *, status: int = 200) -> Response:
        return Response(self._told(row), status=status, headers={"ETag": etag(row.version)})
