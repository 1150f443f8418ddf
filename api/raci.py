"""`raci/` and `incidents/{number}/raci/`: the table of §14 as it stands today, and as it was lived on one incident."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.fields import Instant
from directory.selectors import roles_of
from incidents.selectors import visible_to
from lifecycle import raci
from process.selectors import current_document

_ROW: dict[str, Any] = {
    "task": "functional_escalation",
    "label": "Funktionale Eskalation",
    "paragraph": "§14/4",
    "responsible": [{"role": "support", "people": ["Sina Muster"]}],
    "accountable": [{"role": "development", "people": ["Devi Erfunden", "Dario Erdacht"]}],
    "consulted": [],
    "informed": [{"role": "head_of_development", "people": ["Lea Leitung"]}],
    "gaps": [],
}
TABLE = OpenApiExample(
    "Table",
    value={
        "tasks": [_ROW],
    },
    response_only=True,
)
PROOF = OpenApiExample(
    "Proof",
    value={
        "number": "INC-2026-000123",
        "tasks": [
            _ROW
            | {
                "first_at": "2026-11-23T08:05:00Z",
                "last_at": "2026-11-23T08:05:00Z",
                "times": 1,
                "done_by": ["Sina Muster"],
                "told": [
                    {
                        "name": "Devi Erfunden",
                        "at": "2026-11-23T08:05:00Z",
                        "way": "call",
                        "seen_at": "2026-11-23T08:09:00Z",
                    },
                    {"name": "Lea Leitung", "at": "2026-11-23T08:05:00Z", "way": "inform", "seen_at": None},
                ],
                "questions": [],
            }
        ],
    },
    response_only=True,
)


class RoleOut(serializers.Serializer[Any]):
    """A role and who holds it and can be reached now."""

    role = serializers.CharField(source="key")
    people = serializers.ListField(child=serializers.CharField())


class TaskOut(serializers.Serializer[Any]):
    """A row of §14. `gaps`: nobody_responsible, nobody_accountable, several_accountable, unmanned."""

    task = serializers.CharField(source="row.key")
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    paragraph = serializers.CharField(source="row.paragraph")
    responsible = RoleOut(source="roles.R", many=True)
    accountable = RoleOut(source="roles.A", many=True)
    consulted = RoleOut(source="roles.C", many=True)
    informed = RoleOut(source="roles.I", many=True)
    gaps = serializers.ListField(child=serializers.CharField())

    def get_label(self, task: raci.Task) -> str:
        """Its name."""
        return task.row.label.in_(get_language() or "de")


class ToldOut(serializers.Serializer[Any]):
    """Somebody who was told: called to it, informed of it, or written to about it."""

    name = serializers.CharField()
    at = Instant()
    way = serializers.ChoiceField(["call", "inform", "message"])
    seen_at = Instant(allow_null=True, help_text="When they answered the call or read the message.")


class QuestionOut(serializers.Serializer[Any]):
    """A question to a role that is consulted; `id` is what `advise` answers."""

    id = serializers.IntegerField()
    role = serializers.CharField()
    question = serializers.CharField(source="question.body")
    asked_by = serializers.CharField(source="asked_by.username")
    asked_at = Instant()
    answer = serializers.CharField(source="answer.body", allow_null=True, default=None)
    answered_by = serializers.CharField(source="answered_by.username", allow_null=True, default=None)
    answered_at = Instant(allow_null=True)


class LivedTaskOut(TaskOut):
    """A row of §14 that has happened on an incident."""

    first_at = Instant(allow_null=True)
    last_at = Instant(allow_null=True)
    times = serializers.IntegerField()
    done_by = serializers.ListField(child=serializers.CharField())
    told = ToldOut(many=True)
    questions = QuestionOut(many=True)


@extend_schema_serializer(examples=[TABLE])
class TableOut(serializers.Serializer[Any]):
    """§14 under the document in force."""

    tasks = TaskOut(many=True)


@extend_schema_serializer(examples=[PROOF])
class ProofOut(serializers.Serializer[Any]):
    """The tasks of §14 that have happened on an incident, in the order of the table."""

    number = serializers.CharField()
    tasks = LivedTaskOut(many=True)


class Table(ApiViewSet):
    """The table of §14 today."""

    scope = "directory"
    serializer_class = TableOut
    pagination_class = None

    @extend_schema(summary="Who is R, A, C and I of each task today, and what is missing.", responses=TableOut)
    def retrieve(self, request: Request) -> Response:
        """All rows, with who can be reached now (P-14.1, P-14.2)."""
        _require_a_role(self)
        return Response(TableOut({"tasks": raci.table(current_document()[1], now=self.now)}).data)


class Proof(ApiViewSet):
    """The table of §14 on one incident."""

    scope = "incidents"
    serializer_class = ProofOut
    pagination_class = None

    @extend_schema(
        summary="Each task of §14 that has happened: who was R, A, C and I, who was told when, questions and answers.",
        responses=ProofOut,
    )
    def retrieve(self, request: Request, number: str) -> Response:
        """Tasks in the order of the table."""
        incident = visible_to(self.person).filter(number=number.upper()).first()
        if incident is None:
            raise Http404
        _require_a_role(self)
        tasks = [task for task in raci.proof(incident, now=self.now) if task.has_happened]
        return Response(ProofOut({"number": incident.number, "tasks": tasks}).data)


def _require_a_role(view: ApiViewSet) -> None:
    if not roles_of(view.person):
        raise PermissionDenied(_("Das sehen nur Mitarbeitende mit einer Rolle."))
