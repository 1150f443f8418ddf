"""`incidents/{number}/ladders/` and `…/duties/`: both escalation chains of an incident, and what is to do on them."""

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
from api.examples import body
from api.fields import Instant
from api.idempotency import once
from api.inputs import In, facts_of, key
from directory.selectors import roles_of
from escalation.models import Step
from escalation.selectors import reason_label, steps_of
from incidents.models import Incident
from incidents.selectors import duties_done, visible_to
from lifecycle import duties
from process.schema import ChainName
from process.selectors import document as document_of

STEP: dict[str, Any] = {
    "from": 1,
    "to": 2,
    "role": "development",
    "reason": "technical_incident",
    "reason_label": "Technischer Incident",
    "rule": "§5.1/1e",
    "note": "Nur mit Safari.",
    "by": "Sina Muster",
    "at": "2026-11-23T08:05:00Z",
    "state": "acknowledged",
    "acknowledged_by": "dev",
    "acknowledged_at": "2026-11-23T08:09:00Z",
    "called": [
        {
            "username": "dev",
            "name": "Devi Erfunden",
            "at": "2026-11-23T08:05:00Z",
            "acknowledged_at": "2026-11-23T08:09:00Z",
        }
    ],
}
EXAMPLE = OpenApiExample(
    "Ladders",
    value={
        "number": "INC-2026-000123",
        "chains": [
            {
                "chain": "functional",
                "label": "Funktionale Eskalation",
                "level": 2,
                "top": 3,
                "level_label": "2. Level: Entwicklung",
                "role": "development",
                "steps": [
                    STEP,
                ],
                "duties": [
                    {
                        "key": "contain",
                        "text": "Sofortige Massnahmen zur Eindämmung des Incidents.",
                        "paragraph": "§5.1/2e",
                        "done": True,
                        "by": "dev",
                        "at": "2026-11-23T08:20:00Z",
                    }
                ],
            }
        ],
    },
    response_only=True,
)


class CallOut(serializers.Serializer[Any]):
    """Somebody who was called, and when they answered."""

    username = serializers.CharField(source="person.username")
    name = serializers.CharField(source="person.display_name")
    at = Instant()
    acknowledged_at = Instant(allow_null=True)


class StepOut(serializers.Serializer[Any]):
    """A move on a chain, up or down. `rule` is the paragraph behind it."""

    to = serializers.IntegerField(source="to_level")
    role = serializers.CharField()
    reason = serializers.CharField()
    reason_label = serializers.CharField()
    rule = serializers.CharField()
    note = serializers.CharField()
    by = serializers.CharField(source="actor_label")
    at = Instant()
    state = serializers.ChoiceField(Step.State.values)
    acknowledged_by = serializers.CharField(source="acknowledged_by.username", allow_null=True, default=None)
    acknowledged_at = Instant(allow_null=True)
    called = CallOut(source="calls.all", many=True)

    def get_fields(self) -> dict[str, Any]:
        """With `from`, which Python does not let one write as a name."""
        return {"from": serializers.IntegerField(source="from_level"), **super().get_fields()}


class DutyOut(serializers.Serializer[Any]):
    """A duty of the level the incident stands on; by whom and when it was done, null while it is not."""

    key = serializers.CharField()
    text = serializers.CharField()
    paragraph = serializers.CharField()
    done = serializers.BooleanField()
    by = serializers.CharField(allow_null=True)
    at = Instant(allow_null=True)


class LadderOut(serializers.Serializer[Any]):
    """A chain: where the incident stands, who holds that level, every step so far, what is to do there."""

    chain = serializers.ChoiceField([name.value for name in ChainName])
    label = serializers.CharField()  # type: ignore[assignment]
    level = serializers.IntegerField()
    top = serializers.IntegerField()
    level_label = serializers.CharField()
    role = serializers.CharField()
    steps = StepOut(many=True)
    duties = DutyOut(many=True)


@extend_schema_serializer(examples=[EXAMPLE])
class LaddersOut(serializers.Serializer[Any]):
    """Both chains of an incident, functional first (P-5.1 to P-5.3)."""

    number = serializers.CharField()
    chains = LadderOut(many=True)


class DutyIn(In):
    """A duty of the present level, and whether it is done."""

    chain = serializers.ChoiceField([name.value for name in ChainName], default="functional")
    key = key(help_text="A duty of the level the incident stands on.")
    done = serializers.BooleanField()


class Ladders(ApiViewSet):
    """Both chains of an incident."""

    scope = "incidents"
    serializer_class = LaddersOut
    pagination_class = None

    @extend_schema(
        summary="Both escalation chains: level, who was called and answered, and the duties there.",
        responses=LaddersOut,
    )
    def retrieve(self, request: Request, number: str) -> Response:
        """Steps oldest first, duties of the present levels."""
        return Response(self._shown(number))

    @extend_schema(
        summary="Ticks a duty of the present level, or takes the tick back. The record keeps its version.",
        request=DutyIn,
        responses=LaddersOut,
        examples=[body(chain="functional", key="analyse", done=True)],
    )
    def tick(self, request: Request, number: str) -> Response:
        """Answers with both chains as they stand then."""
        return once(request, lambda: self._tick(request, number))

    def _tick(self, request: Request, number: str) -> Response:
        duties.tick(number.upper(), by=self.by, now=self.now, **facts_of(DutyIn, request))
        return Response(self._shown(number))

    def _shown(self, number: str) -> Any:
        incident = visible_to(self.person).filter(number=number.upper()).first()
        if incident is None:
            raise Http404
        if not roles_of(self.person):
            raise PermissionDenied(_("Den Verlauf sehen nur Mitarbeitende mit einer Rolle."))
        return LaddersOut({"number": incident.number, "chains": _chains(incident)}).data


def _chains(incident: Incident) -> list[dict[str, Any]]:
    """Functional first. Four queries, however many steps and calls."""
    document, language = document_of(incident.process_version_id), get_language() or "de"
    steps, done = steps_of(incident), duties_done(incident)
    for step in steps:
        step.reason_label = reason_label(document, step, language)  # type: ignore[attr-defined]
    chains = []
    for name in ChainName:
        chain, present = document.chain(name), incident.level_on(name)
        rung = chain.level(present)
        ticks = [(duty, done.get((name.value, present, duty.key))) for duty in rung.duties]
        chains.append(
            {
                "chain": name.value,
                "label": chain.label.in_(language),
                "level": present,
                "top": chain.top,
                "level_label": rung.label.in_(language),
                "role": rung.role,
                "steps": [step for step in steps if step.chain == name.value],
                "duties": [
                    {
                        "key": duty.key,
                        "text": duty.text.in_(language),
                        "paragraph": duty.paragraph,
                        "done": tick is not None,
                        "by": tick.by.username if tick else None,
                        "at": tick.at if tick else None,
                    }
                    for duty, tick in ticks
                ],
            }
        )
    return chains
