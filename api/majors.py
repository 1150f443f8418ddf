"""`majors/`: open and past major incidents with team, calls, answers, and the review they owe (§6, §10)."""

from __future__ import annotations

from collections.abc import Sequence
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
from api.ladders import CallOut
from api.pages import NEWEST, OLDEST
from api.room import RoomRoleOut
from directory.selectors import roles_of
from escalation.models import SeatCall
from escalation.team import Standing, calls_of, places_of
from incidents.filters import MajorFilter
from incidents.models import Incident, Review, RoomRole, StatusChoice
from incidents.room import roles_held
from incidents.selectors import major_events, majors_visible_to, review_for
from process.selectors import document as document_of

EXAMPLE = OpenApiExample(
    "Outage",
    value={
        "number": "INC-2026-000123",
        "title": "Anmeldung nicht möglich",
        "status": "in_progress",
        "state": "declared",
        "trigger": "whole_software_down",
        "trigger_label": "Ausfall der gesamten Software",
        "rule": "§6.1",
        "declared_at": "2026-11-23T02:14:00Z",
        "declared_by": "Sina Muster",
        "demoted_at": None,
        "demoted_by": None,
        "demoted_because": None,
        "roles": [
            {"role": "lead", "person": "lead", "since": "2026-11-23T02:20:00Z"},
            {"role": "communications", "person": None, "since": None},
            {"role": "scribe", "person": None, "since": None},
        ],
        "team": [
            {
                "seat": "head_of_development",
                "name": "Lea Leitung",
                "function": "Leitung Entwicklung",
                "standing": "answered",
                "answered_by": "luca",
                "answered_at": "2026-11-23T02:27:00Z",
                "calls": [
                    {
                        "username": "lead",
                        "name": "Lea Leitung",
                        "at": "2026-11-23T02:14:00Z",
                        "acknowledged_at": None,
                        "state": "passed",
                        "due_at": None,
                    },
                    {
                        "username": "luca",
                        "name": "Luca Stellvertretung",
                        "at": "2026-11-23T02:24:00Z",
                        "acknowledged_at": "2026-11-23T02:27:00Z",
                        "state": "acknowledged",
                        "due_at": None,
                    },
                ],
            }
        ],
        "review": {
            "state": "owed",
            "owner": "lead",
            "owed_since": "2026-11-23T02:14:00Z",
            "due_at": "2026-12-07T02:14:00Z",
            "done_at": None,
            "done_by": None,
            "reference": "",
        },
    },
    response_only=True,
)


class SeatCallOut(CallOut):
    """Somebody who was called for a seat; the next deputy is called at `due_at`."""

    state = serializers.ChoiceField(SeatCall.State.values)
    due_at = Instant(allow_null=True)


class SeatOut(serializers.Serializer[Any]):
    """A seat of the Major Incident Team as the document names it, and how it stands with it (P-6.2)."""

    seat = serializers.CharField(source="member.key")
    name = serializers.CharField(source="member.name", help_text="The member as the process document has it.")
    function = serializers.SerializerMethodField()
    standing = serializers.ChoiceField([standing.value for standing in Standing])
    answered_by = serializers.CharField(source="answer.person.username", allow_null=True, default=None)
    answered_at = Instant(source="answer.acknowledged_at", allow_null=True, default=None)
    calls = SeatCallOut(many=True)

    def get_function(self, place: Any) -> str:
        """In the caller's language."""
        return str(place.member.function.in_(get_language() or "de"))


class ReviewOut(serializers.Serializer[Any]):
    """The post-incident review (P-6.3): owed from the declaration on, held before the major may close."""

    state = serializers.ChoiceField(Review.State.values)
    owner = serializers.CharField(source="owner.username", allow_null=True, default=None)
    owed_since = Instant()
    due_at = Instant()
    done_at = Instant(allow_null=True)
    done_by = serializers.CharField(source="done_by.username", allow_null=True, default=None)
    reference = serializers.CharField()


@extend_schema_serializer(examples=[EXAMPLE])
class MajorOut(serializers.Serializer[Any]):
    """A major incident; `state` is `demoted` when it turned out to be none."""

    number = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(StatusChoice.values)
    state = serializers.ChoiceField(["declared", "demoted"])
    trigger = serializers.CharField()
    trigger_label = serializers.CharField()
    rule = serializers.CharField(help_text="Paragraph of the trigger.")
    declared_at = Instant()
    declared_by = serializers.CharField()
    demoted_at = Instant(allow_null=True)
    demoted_by = serializers.CharField(allow_null=True)
    demoted_because = serializers.CharField(allow_null=True)
    roles = RoomRoleOut(many=True)
    team = SeatOut(many=True)
    review = ReviewOut(allow_null=True)


@extend_schema_view(list=extend_schema(summary="Major incidents, open and past, with team and review; newest first."))
class Majors(ApiViewSet):
    """What was declared a major incident."""

    scope = "incidents"
    serializer_class = MajorOut
    filter_backends = [DjangoFilterBackend]
    filterset_class = MajorFilter
    queryset = Incident.objects.none()
    orders = {"newest": NEWEST, "oldest": OLDEST}

    def get_queryset(self) -> QuerySet[Incident]:
        """What the caller may see."""
        return majors_visible_to(self.person)

    def list(self, request: Request) -> Response:
        """A page of majors: four queries beside theirs, however many."""
        if not roles_of(self.person):
            raise PermissionDenied(_("Den Verlauf sehen nur Mitarbeitende mit einer Rolle."))
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(MajorOut(_shown(rows), many=True).data)


def _shown(incidents: Sequence[Incident]) -> list[dict[str, Any]]:
    pks = [incident.pk for incident in incidents]
    events, calls, roles = major_events(pks), calls_of(pks), roles_held(pks)
    return [
        _major(incident, events.get(incident.pk, {}), calls.get(incident.pk, []), roles.get(incident.pk, {}))
        for incident in incidents
    ]


def _major(
    incident: Incident, events: dict[str, Any], calls: list[SeatCall], roles: dict[str, RoomRole]
) -> dict[str, Any]:
    document, language = document_of(incident.process_version_id), get_language() or "de"
    trigger = next((entry for entry in document.major.triggers if entry.key == incident.major_trigger), None)
    declared = events["declared"]
    demoted = None if incident.is_major else events.get("demoted")
    return {
        "number": incident.number,
        "title": incident.title,
        "status": incident.status,
        "state": incident.major_state,
        "trigger": incident.major_trigger,
        "trigger_label": trigger.label.in_(language) if trigger else incident.major_trigger,
        "rule": declared.rule,
        "declared_at": declared.at,
        "declared_by": declared.actor_label,
        "demoted_at": demoted.at if demoted else None,
        "demoted_by": demoted.actor_label if demoted else None,
        "demoted_because": demoted.data["reason"] if demoted else None,
        "roles": RoomRoleOut.rows(roles),
        "team": places_of(document, calls),
        "review": review_for(incident),
    }
