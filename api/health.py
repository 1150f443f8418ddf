"""`health/`: do our ears and voice work? The numbers of the console's Health room, for monitors of the monitor."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.fields import Instant
from core.models import Pulse
from integrations.selectors import source_health
from lifecycle.access import SEE_HEALTH, require
from notifications.selectors import backlog


class PulseOut(serializers.Serializer[Any]):
    """The last sign of life of a background process."""

    name = serializers.CharField()
    at = Instant()


class SourceOut(serializers.Serializer[Any]):
    """A source of signals; counts are deliveries that wait, need a look, or were given up."""

    kind = serializers.CharField(source="source.kind")
    name = serializers.CharField(source="source.name")
    is_well = serializers.BooleanField()
    is_silent = serializers.BooleanField()
    last_seen_at = Instant(allow_null=True)
    last_hour = serializers.IntegerField()
    waiting = serializers.IntegerField()
    flagged = serializers.IntegerField()
    dead = serializers.IntegerField()


class OutboxOut(serializers.Serializer[Any]):
    """Messages due and not yet sent, how long the oldest has waited, and those given up."""

    due = serializers.IntegerField()
    waiting_s = serializers.SerializerMethodField()
    dead = serializers.IntegerField()

    def get_waiting_s(self, state: Any) -> int:
        """Seconds."""
        return int(state.waiting_for.total_seconds())


class HealthOut(serializers.Serializer[Any]):
    """How the product itself is."""

    pulses = PulseOut(many=True)
    sources = SourceOut(many=True)
    messages = OutboxOut()


class Health(ApiViewSet):
    """Background processes, sources and outbox."""

    scope = "health"

    @extend_schema(summary="Do our ears and voice work?", responses=HealthOut)
    def retrieve(self, request: Request) -> Response:
        """Signs of life, deliveries per source, messages waiting."""
        require(self.by, SEE_HEALTH)
        found = {
            "pulses": Pulse.objects.order_by("name"),
            "sources": source_health(now=self.now),
            "messages": backlog(now=self.now),
        }
        return Response(HealthOut(found).data)
