"""`escalations/`: every move on a chain, of all incidents: what is being called now, and what was."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.fields import Instant
from api.ladders import STEP, StepOut
from api.pages import NEWEST, OLDEST
from directory.selectors import roles_of
from escalation.filters import StepFilter
from escalation.models import Step
from escalation.selectors import reason_label, steps_visible_to
from process.schema import ChainName
from process.selectors import document as document_of

EXAMPLE = OpenApiExample(
    "Escalation",
    value={
        "id": 812,
        "incident": "INC-2026-000123",
        "title": "Noten lassen sich nicht speichern",
        "priority": "high",
        "chain": "functional",
        "next_call_at": None,
        **STEP,
    },
    response_only=True,
)


@extend_schema_serializer(examples=[EXAMPLE])
class EscalationOut(StepOut):
    """A move on a chain of an incident; unanswered, the next people are called at `next_call_at`."""

    id = serializers.IntegerField()
    incident = serializers.CharField(source="incident.number")
    title = serializers.CharField(source="incident.title")
    priority = serializers.CharField(source="incident.priority")
    chain = serializers.ChoiceField([name.value for name in ChainName])
    next_call_at = Instant(allow_null=True)


@extend_schema_view(
    list=extend_schema(summary="Moves on both chains of all incidents, with who was called and answered; newest first.")
)
class Escalations(ApiViewSet):
    """Moves on the chains (P-5.3)."""

    scope = "incidents"
    serializer_class = EscalationOut
    filter_backends = [DjangoFilterBackend]
    filterset_class = StepFilter
    queryset = Step.objects.none()
    orders = {"newest": NEWEST, "oldest": OLDEST}

    def get_queryset(self) -> QuerySet[Step]:
        """Those of incidents the caller may see."""
        return steps_visible_to(self.person)

    def list(self, request: Request) -> Response:
        """A page of moves: four queries beside those of every request, however many."""
        if not roles_of(self.person):
            raise PermissionDenied(_("Den Verlauf sehen nur Mitarbeitende mit einer Rolle."))
        steps: list[Any] = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        language = get_language() or "de"
        for step in steps:
            step.reason_label = reason_label(document_of(step.incident.process_version_id), step, language)
        return self.get_paginated_response(EscalationOut(steps, many=True).data)
