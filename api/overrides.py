"""`on-call/overrides/`, `on-call/swap/`: turns given away, swapped and taken back, as under «Pikett» (P-5.3)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.examples import body
from api.fields import Instant
from api.idempotency import once
from api.inputs import In, PersonField, facts_of, key, text
from api.pages import OLDEST
from directory.models import Person
from escalation.models import Rota, RotaOverride
from lifecycle import on_call
from lifecycle.access import SEE_ON_CALL, require


class OverrideIn(In):
    """Who is on call for a role from when until when, whoever's turn it is."""

    role = key(help_text="Role of the rota.")
    person = PersonField()
    start = serializers.DateTimeField(help_text="At the earliest now.")
    end = serializers.DateTimeField(help_text="At most a year ahead.")
    reason = text(200, required=False, allow_blank=True)


class SwapIn(In):
    """Two turns of a rota, each by an instant in it: their people take each other's."""

    role = key(help_text="Role of the rota.")
    one = serializers.DateTimeField()
    other = serializers.DateTimeField()
    reason = text(200, required=False, allow_blank=True)


class RotaOverrideOut(serializers.Serializer[Any]):
    """Somebody who is on call in [start, end), whoever's turn it is; of several the newest wins."""

    id = serializers.IntegerField()
    role = serializers.CharField(source="rota.role")
    username = serializers.CharField(source="person.username")
    start = Instant(source="starts_at")
    end = Instant(source="ends_at")
    reason = serializers.CharField()
    made_by = serializers.CharField(source="made_by.username", allow_null=True, default=None)


class Overrides(ApiViewSet):
    """What departs from the rotas."""

    scope = "directory"
    serializer_class = RotaOverrideOut
    queryset = RotaOverride.objects.none()
    orders = {"oldest": OLDEST}

    def get_queryset(self) -> QuerySet[RotaOverride]:
        """Those that are not over."""
        rows = RotaOverride.objects.filter(ends_at__gt=self.now)
        return rows.select_related("rota", "person", "made_by")

    @extend_schema(summary="What departs from the rotas from now on, in the order in which it was entered.")
    def list(self, request: Request) -> Response:
        """A page of overrides."""
        require(self.by, SEE_ON_CALL)
        rows = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(RotaOverrideOut(rows, many=True).data)

    @extend_schema(
        summary="Puts somebody in, or gives a stretch of one's own away. Whoever gets it is told.",
        request=OverrideIn,
        responses={201: RotaOverrideOut},
        examples=[body(role="development", person="dario", start="2026-12-05T08:00:00+01:00", end="2026-12-06T08:00Z")],
    )
    def create(self, request: Request) -> Response:
        """Leads and IT may put in anybody."""
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        facts = facts_of(OverrideIn, request)
        person = Person.objects.get(pk=facts.pop("person"))
        row = on_call.put_in(_rota(facts.pop("role")), person=person, by=self.by, now=self.now, **facts)
        return Response(RotaOverrideOut(row).data, status=201)

    @extend_schema(
        summary="Two people take each other's turn; both are told.",
        request=SwapIn,
        responses={201: RotaOverrideOut(many=True)},
        examples=[body(role="development", one="2026-12-05T12:00:00Z", other="2026-12-12T12:00:00Z")],
    )
    def swap(self, request: Request) -> Response:
        """One of the turns is one's own, unless one edits rotas."""
        return once(request, lambda: self._swap(request))

    def _swap(self, request: Request) -> Response:
        facts = facts_of(SwapIn, request)
        rows = on_call.swap_turns(_rota(facts.pop("role")), by=self.by, now=self.now, **facts)
        return Response(RotaOverrideOut(rows, many=True).data, status=201)

    @extend_schema(
        summary="Takes an override back; whom it concerns is told.",
        parameters=[OpenApiParameter("id", int, "path")],
        request=None,
        responses={204: None},
    )
    def take_back(self, request: Request, pk: str) -> Response:
        """Whoever made it, who edits rotas, and whoever got it from a colleague."""
        return once(request, lambda: self._take_back(int(pk)))

    def _take_back(self, pk: int) -> Response:
        rota = Rota.objects.filter(overrides=pk).values_list("pk", flat=True).first()
        on_call.take_back(rota or 0, pk, by=self.by, now=self.now)
        return Response(status=204)


def _rota(role: str) -> int:
    rota = Rota.objects.filter(role=role).values_list("pk", flat=True).first()
    if rota is None:
        raise ValidationError({"role": [_("Diese Rolle hat kein Pikett.")]})
    return rota
