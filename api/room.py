"""The room of a major incident: its verbs, and `incidents/{number}/room/`, how it stands with it (§6.2)."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.examples import body
from api.fields import Instant
from api.inputs import PersonField, SchoolField, Versioned, key, text
from api.verbs import verb
from directory.selectors import roles_of
from incidents.models import RoomRole, SituationNote, StakeholderMessage
from incidents.room import decisions_of, messages_of, roles_held, schools_of, situation_of
from incidents.selectors import visible_to
from lifecycle import room, stakeholders
from lifecycle.message_texts import LONGEST_SUBJECT
from lifecycle.stakeholders import LONGEST_BODY, receipts_by_message

ROOM = OpenApiExample(
    "Room",
    value={
        "number": "INC-2026-000123",
        "roles": [
            {"role": "lead", "person": "lead", "since": "2026-11-23T02:20:00Z"},
            {"role": "communications", "person": None, "since": None},
            {"role": "scribe", "person": "support", "since": "2026-11-23T02:21:00Z"},
        ],
        "situation": [
            {
                "id": 7,
                "kind": "action",
                "text": "Datenbank auf den Ersatz umschalten.",
                "by": "dev",
                "at": "2026-11-23T02:31:00Z",
                "done_at": None,
                "done_by": None,
            }
        ],
        "decisions": [
            {
                "text": "Umschalten, sobald die Sicherung fertig ist.",
                "by": "Lea Leitung",
                "at": "2026-11-23T02:35:00Z",
                "rule": "§14/17",
            }
        ],
        "schools": [{"school": "Schule Musterwil", "project_manager": "pm", "added_by": None}],
        "updates": [
            {
                "id": 3,
                "state": "sent",
                "audiences": ["schools"],
                "subject_de": "Störung: Anmeldung nicht möglich",
                "body_de": "Wir arbeiten daran.",
                "subject_en": "",
                "body_en": "",
                "author": "support",
                "at": "2026-11-23T02:40:00Z",
                "reviewer": "pm",
                "reviewed_at": "2026-11-23T02:44:00Z",
                "returned_because": "",
                "recipients": 14,
                "receipts": {"sent": 13, "dead": 1},
            }
        ],
    },
    response_only=True,
)


class TakeRoleIn(Versioned):
    """Which role of the room."""

    role = serializers.ChoiceField(RoomRole.Role.values)


class HandOverIn(TakeRoleIn):
    """Which role of the room, and who has it from now on."""

    person = PersonField(source="person_id", help_text="Username or `me`.")


class SituationNoteIn(Versioned):
    """A line of the situation."""

    kind = serializers.ChoiceField(SituationNote.Kind.values)
    text = text(5000)
    key = serializers.UUIDField(required=False, help_text="Made by the caller: sent twice it is kept once.")
    noted_at = serializers.DateTimeField(required=False, help_text="When it was written; now when missing or ahead.")


class SituationDoneIn(Versioned):
    """Which action or need is done."""

    note = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Its id in `…/room/`.")


class DecideIn(Versioned):
    """What was decided, and why."""

    decision = text(5000)
    grounds = text(5000, required=False, allow_blank=True)


class SchoolsHitIn(Versioned):
    """Schools to count in and out, by name or number."""

    add = serializers.ListField(child=SchoolField(), max_length=1000, required=False)
    remove = serializers.ListField(child=SchoolField(), max_length=1000, required=False)


class StakeholderUpdateIn(Versioned):
    """Whom a message goes to and what it says; what is missing is taken from the template. It waits for a release."""

    audiences = serializers.ListField(child=serializers.ChoiceField(StakeholderMessage.Audience.values), max_length=10)
    template = key(required=False, allow_blank=True, help_text="A message template of the process.")
    subject_de = text(LONGEST_SUBJECT, required=False, allow_blank=True)
    body_de = text(LONGEST_BODY, required=False, allow_blank=True)
    subject_en = text(LONGEST_SUBJECT, required=False, allow_blank=True)
    body_en = text(LONGEST_BODY, required=False, allow_blank=True)
    message = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="Id of one that is not out yet, to rewrite it."
    )


class UpdateIn(Versioned):
    """Which message."""

    message = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Its id in `…/room/`.")


class ReturnUpdateIn(UpdateIn):
    """Which message, and what has to become different."""

    reason = text(500)


class RoomVerbs:
    """The verbs of the room, for the view of incidents."""

    take_role = verb("take-role", room.take_role, TakeRoleIn, body(role="lead"))
    hand_over = verb("hand-over", room.hand_over, HandOverIn, body(role="lead", person="pm"))
    situation_note = verb(
        "situation-note", room.situation_note, SituationNoteIn, body(kind="need", text="Zugang zum Rechenzentrum.")
    )
    situation_done = verb("situation-done", room.situation_done, SituationDoneIn, body(note=7))
    decide = verb("decide", room.decide, DecideIn, body(decision="Umschalten.", grounds="Die Sicherung ist fertig."))
    schools_hit = verb("schools-hit", room.count_schools, SchoolsHitIn, body(add=["Schule Musterwil"]))
    stakeholder_update = verb(
        "stakeholder-update",
        stakeholders.stakeholder_update,
        StakeholderUpdateIn,
        body(template="first_information", audiences=["schools", "reporters"]),
    )
    release_update = verb("release-update", stakeholders.release_update, UpdateIn, body(message=3))
    return_update = verb(
        "return-update", stakeholders.return_update, ReturnUpdateIn, body(message=3, reason="Ohne Vermutungen, bitte.")
    )
    withdraw_update = verb("withdraw-update", stakeholders.withdraw_update, UpdateIn, body(message=3))


class RoomRoleOut(serializers.Serializer[Any]):
    """A role of the room, and who holds it."""

    role = serializers.ChoiceField(RoomRole.Role.values)
    person = serializers.CharField(source="held.person.username", allow_null=True, default=None)
    since = Instant(source="held.since", allow_null=True, default=None)

    @staticmethod
    def rows(held: dict[str, RoomRole]) -> list[dict[str, Any]]:
        """All roles, held or not."""
        return [{"role": role, "held": held.get(role)} for role in RoomRole.Role.values]


class SituationNoteOut(serializers.Serializer[Any]):
    """A line of the situation; `id` is what `situation-done` takes."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(SituationNote.Kind.values)
    text = serializers.CharField(source="text.body")
    by = serializers.CharField(source="by.username")
    at = Instant()
    done_at = Instant(allow_null=True)
    done_by = serializers.CharField(source="done_by.username", allow_null=True, default=None)


class DecidedOut(serializers.Serializer[Any]):
    """A decision; its text is empty once it was erased."""

    text = serializers.CharField()
    by = serializers.CharField(source="event.actor_label")
    at = Instant(source="event.at")
    rule = serializers.CharField(source="event.rule")


class SchoolHitOut(serializers.Serializer[Any]):
    """A school that is hit; `added_by` is null when record or contacts name it."""

    school = serializers.CharField(source="school.name")
    project_manager = serializers.CharField(source="school.project_manager.username", allow_null=True, default=None)
    added_by = serializers.CharField(source="by_hand.by.username", allow_null=True, default=None)


class UpdateOut(serializers.Serializer[Any]):
    """A message to stakeholders; `id` is what the verbs about it take. `receipts` counts the outbox by state."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(StakeholderMessage.State.values)
    audiences = serializers.ListField(child=serializers.ChoiceField(StakeholderMessage.Audience.values))
    subject_de = serializers.CharField()
    body_de = serializers.CharField()
    subject_en = serializers.CharField()
    body_en = serializers.CharField()
    author = serializers.CharField(source="author.username")
    at = Instant()
    reviewer = serializers.CharField(source="reviewer.username", allow_null=True, default=None)
    reviewed_at = Instant(allow_null=True)
    returned_because = serializers.CharField()
    recipients = serializers.IntegerField()
    receipts = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_receipts(self, message: StakeholderMessage) -> dict[str, int]:
        """State → how many messages."""
        counted: dict[int, dict[str, int]] = self.context["receipts"]
        return counted.get(message.pk, {})


@extend_schema_serializer(examples=[ROOM])
class RoomOut(serializers.Serializer[Any]):
    """How it stands with a major: roles, situation and decisions (the newest first), schools."""

    number = serializers.CharField()
    roles = RoomRoleOut(many=True)
    situation = SituationNoteOut(many=True)
    decisions = DecidedOut(many=True)
    schools = SchoolHitOut(many=True)
    updates = UpdateOut(many=True)


class Room(ApiViewSet):
    """The room of a major incident."""

    scope = "incidents"
    serializer_class = RoomOut
    pagination_class = None

    @extend_schema(summary="Roles, situation, decisions and schools of a major incident.", responses=RoomOut)
    def retrieve(self, request: Request, number: str) -> Response:
        """As the console shows it; 404 for what was never a major."""
        majors = visible_to(self.person).filter(major_state__in=["declared", "demoted"])
        incident = majors.filter(number=number.upper()).first()
        if incident is None:
            raise Http404
        if not roles_of(self.person):
            raise PermissionDenied(_("Das sehen nur Mitarbeitende mit einer Rolle."))
        found: dict[str, Any] = {
            "number": incident.number,
            "roles": RoomRoleOut.rows(roles_held([incident.pk]).get(incident.pk, {})),
            "situation": situation_of(incident),
            "decisions": decisions_of(incident),
            "schools": schools_of(incident),
            "updates": messages_of(incident),
        }
        receipts = receipts_by_message([message.pk for message in found["updates"]])
        return Response(RoomOut(found, context={"receipts": receipts}).data)
