"""`incidents/{number}/receipts/`, `receipts/{id}/retry/`: what became of every message about an incident (P-5.3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.fields import Instant
from api.idempotency import once
from api.pages import NEWEST, OLDEST
from directory.selectors import roles_of
from incidents.models import StakeholderMessage
from incidents.selectors import visible_to
from lifecycle import notices
from lifecycle.access import REPLAY, require
from lifecycle.audiences import TOPIC as STAKEHOLDERS
from lifecycle.errors import Invalid
from notifications.models import Message
from notifications.registry import CHANNELS
from notifications.selectors import CONFIDENTIAL


class ReceiptOut(serializers.Serializer[Any]):
    """A message and what became of it. Not what it says, nor the address of anybody outside."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="Why it was written: `escalation_call`, `major_team_call`, …")
    username = serializers.CharField(
        source="person.username", allow_null=True, default=None, help_text="Null: a reporter, a school, a reader."
    )
    channel = serializers.ChoiceField([*CHANNELS])
    state = serializers.ChoiceField(Message.State.values)
    is_urgent = serializers.BooleanField()
    needs_ack = serializers.BooleanField()
    attempts = serializers.IntegerField()
    created_at = Instant()
    held_until = Instant(allow_null=True, help_text="End of quiet hours it waited for.")
    next_try_at = Instant(allow_null=True)
    sent_at = Instant(allow_null=True)
    delivered_at = Instant(allow_null=True, help_text="When the channel said that it arrived.")
    read_at = Instant(allow_null=True)
    acknowledged_at = Instant(allow_null=True)
    because = serializers.CharField(source="error", help_text="Why it was skipped, or is not delivered.")


class IncidentReceipts(ApiViewSet):
    """Messages about an incident, those to stakeholders included."""

    scope = "incidents"
    serializer_class = ReceiptOut
    queryset = Message.objects.none()
    orders = {"oldest": OLDEST, "newest": NEWEST}

    @extend_schema(summary="Every message about an incident, by whatever channel, with its receipt.")
    def list(self, request: Request, number: str) -> Response:
        """A page of receipts."""
        incident = visible_to(self.person).filter(number=number.upper()).first()
        if incident is None:
            raise Http404
        if not roles_of(self.person):
            raise PermissionDenied(_("Den Verlauf sehen nur Mitarbeitende mit einer Rolle."))
        written = StakeholderMessage.objects.filter(incident=incident).values("pk")
        about = Q(topic_type="incident", topic_id=incident.pk) | Q(topic_type=STAKEHOLDERS, topic_id__in=written)
        rows = self.paginate_queryset(Message.objects.filter(about).select_related("person")) or []
        return self.get_paginated_response(ReceiptOut(rows, many=True).data)


class Receipts(ApiViewSet):
    """Messages one by one."""

    scope = "incidents"
    serializer_class = ReceiptOut
    pagination_class = None

    @extend_schema(
        summary="Sends a message once more that reached nobody (`dead`).",
        parameters=[OpenApiParameter("id", int, "path")],
        request=None,
        responses=ReceiptOut,
    )
    def retry(self, request: Request, pk: str) -> Response:
        """With all its attempts before it."""
        return once(request, lambda: self._retry(int(pk)))

    def _retry(self, pk: int) -> Response:
        require(self.by, REPLAY)
        if not Message.objects.filter(pk=pk).exclude(topic_type__in=CONFIDENTIAL).exists():
            raise Http404
        if not notices.send_again(pk, by=self.by, now=self.now):
            raise Invalid.field("state", _("Nur was nicht zustellbar ist, geht noch einmal hinaus."))
        return Response(ReceiptOut(Message.objects.select_related("person").get(pk=pk)).data)
