"""`chains/{chain}/simulate/`: who would be called for an incident from an instant on (P-5.3)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiViewSet
from api.examples import body
from api.fields import Instant
from api.inputs import In, facts_of
from directory.selectors import unknown_usernames
from escalation.chain_lint import Remark
from escalation.on_call import FURTHEST
from escalation.rules.policy import Move
from escalation.simulation import NOBODY_ANSWERS, Scene, simulate
from incidents.selectors import visible_to
from lifecycle.access import SEE_HEALTH, SEE_ON_CALL, require
from lifecycle.errors import Invalid
from lifecycle.process_change import shortcomings
from notifications.registry import CHANNELS
from process.lint import Severity
from process.schema import ChainName
from process.selectors import document

EXAMPLE = OpenApiExample(
    "Night of 1 August",
    value={
        "incident": "INC-2026-000123",
        "chain": "functional",
        "at": "2027-08-01T01:00:00Z",
        "level": 2,
        "answered_by": "dev",
        "ends_at": "2027-08-01T01:30:00Z",
        "steps": [
            {
                "at": "2027-08-01T01:00:00Z",
                "level": 2,
                "level_label": "2. Level: Entwicklung",
                "role": "development",
                "reason": "beginning",
                "reason_label": "Hier beginnt die Simulation",
                "rule": "§5.1",
                "move": "call",
                "round": 0,
                "called": [
                    {
                        "username": "dario",
                        "name": "Dario Erdacht",
                        "channels": ["in_app", "email"],
                        "on_call": True,
                        "answers": False,
                        "held_until": None,
                    }
                ],
                "passed": [],
                "absent": [],
                "alarmed": [],
                "until": "2027-08-01T01:30:00Z",
            },
            {
                "at": "2027-08-01T01:30:00Z",
                "level": 2,
                "level_label": "2. Level: Entwicklung",
                "role": "development",
                "reason": "beginning",
                "reason_label": "Hier beginnt die Simulation",
                "rule": "§5.1",
                "move": "call",
                "round": 0,
                "called": [
                    {
                        "username": "dev",
                        "name": "Devi Erfunden",
                        "channels": ["in_app", "email"],
                        "on_call": False,
                        "answers": True,
                        "held_until": None,
                    }
                ],
                "passed": [],
                "absent": [],
                "alarmed": [],
                "until": None,
            },
        ],
    },
    response_only=True,
)


class SimulateIn(In):
    """The incident, the instant, and who does not answer."""

    incident = serializers.CharField(max_length=20, help_text="Number of the incident.")
    at = serializers.DateTimeField(required=False, help_text="By default now; at most a year from now.")
    unavailable = serializers.ListField(
        child=serializers.CharField(max_length=150),
        default=list,
        max_length=500,
        help_text="Usernames of people who are called and do not answer; `*` stands for everybody.",
    )
    level = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=9,
        help_text="Where calling begins; by default where the incident stands.",
    )


class RungOut(serializers.Serializer[Any]):
    """Somebody who would be called or alarmed."""

    username = serializers.CharField(source="person.username")
    name = serializers.CharField(source="person.display_name")
    channels = serializers.ListField(child=serializers.ChoiceField([*CHANNELS]))
    on_call = serializers.BooleanField(source="is_on_call")
    answers = serializers.BooleanField()
    held_until = Instant(
        allow_null=True, help_text="End of their quiet hours: nothing goes out before, it only shows in the app."
    )


class SceneOut(serializers.Serializer[Any]):
    """What would happen at an instant. `move`: `call`, `again` (everybody once more) or `give_up` (nobody is left)."""

    at = Instant()
    level = serializers.IntegerField(source="level.level")
    level_label = serializers.SerializerMethodField()
    role = serializers.CharField(source="level.role")
    reason = serializers.CharField()
    reason_label = serializers.CharField()
    rule = serializers.CharField(help_text="Paragraph behind entering the level.")
    move = serializers.ChoiceField([Move.CALL.value, Move.HOLD.value, Move.AGAIN.value, Move.GIVE_UP.value])
    round = serializers.IntegerField(help_text="How often everybody of the level was called again.")
    called = RungOut(many=True)
    passed = serializers.SerializerMethodField(help_text="Levels left out: nobody could be reached.")
    absent = serializers.SerializerMethodField(help_text="Who holds the role, is away then and not called.")
    alarmed = RungOut(many=True, help_text="At the end without an answer: who is alarmed, whoever is away included.")
    until = Instant(allow_null=True, help_text="When it goes on without an answer; null at the end.")

    def get_level_label(self, scene: Scene) -> str:
        """The level as people read it."""
        return scene.level.label.in_(get_language() or "de")

    def get_passed(self, scene: Scene) -> list[int]:
        """By number."""
        return [level.level for level in scene.passed]

    def get_absent(self, scene: Scene) -> list[str]:
        """By username."""
        return [person.username for person in scene.absent]


@extend_schema_serializer(examples=[EXAMPLE])
class StoryOut(serializers.Serializer[Any]):
    """A chain from an instant on, until somebody answers (`answered_by`) or nobody is left to call (null)."""

    incident = serializers.CharField()
    chain = serializers.ChoiceField([name.value for name in ChainName])
    at = Instant()
    level = serializers.IntegerField()
    answered_by = serializers.CharField(source="story.answered_by.username", allow_null=True, default=None)
    ends_at = Instant(source="story.ends_at")
    steps = SceneOut(source="story.scenes", many=True)


class Chains(ApiViewSet):
    """The escalation chains, played through in advance."""

    scope = "incidents"
    only_reads = True
    serializer_class = StoryOut
    pagination_class = None

    @extend_schema(
        summary="Who would be called, minute by minute, from an instant on? Nothing is stored, nobody is called.",
        parameters=[OpenApiParameter("chain", str, "path", enum=[name.value for name in ChainName])],
        request=SimulateIn,
        responses=StoryOut,
        examples=[body(incident="INC-2026-000123", at="2027-08-01T03:00:00+02:00", unavailable=["dario"], level=2)],
    )
    def simulate(self, request: Request, chain: str) -> Response:
        """By the rules and the rotas that call in earnest; whoever is not in `unavailable` answers at once."""
        require(self.by, SEE_ON_CALL)
        asked = facts_of(SimulateIn, request)
        incident = visible_to(self.person).filter(number=asked["incident"].upper()).first()
        if incident is None:
            raise ValidationError({"incident": [_("Diesen Incident gibt es nicht, oder Sie dürfen ihn nicht sehen.")]})
        at, level = asked.get("at", self.now), asked.get("level")
        if abs(at - self.now) > FURTHEST:
            raise ValidationError({"at": [_("Höchstens ein Jahr vor oder nach jetzt.")]})
        name = ChainName(chain)
        top = document(incident.process_version_id).chain(name).top
        if level is not None and level > top:
            raise Invalid.field("level", _("Diese Kette hat die Stufen 1 bis %(top)s.") % {"top": top})
        story = simulate(incident, name, at=at, silent=self._silent(asked["unavailable"]), level=level)
        shown = {"incident": incident.number, "chain": chain, "at": at, "level": story.level, "story": story}
        return Response(StoryOut(shown).data)

    def _silent(self, names: list[str]) -> frozenset[str]:
        unknown = unknown_usernames(set(names) - {NOBODY_ANSWERS})
        if unknown:
            text = _("Diese Personen gibt es nicht: %(names)s.") % {"names": ", ".join(unknown)}
            raise ValidationError({"unavailable": [text]})
        return frozenset(names)


class FindingOut(serializers.Serializer[Any]):
    """Something that should be mended before it matters."""

    code = serializers.CharField(source="finding.code")
    severity = serializers.ChoiceField(source="finding.severity", choices=[severity.value for severity in Severity])
    path = serializers.CharField(source="finding.path", help_text="The place in the process document.")
    rule = serializers.CharField(source="finding.paragraph")
    text = serializers.SerializerMethodField()
    username = serializers.CharField(source="person.username", allow_null=True, default=None)
    rota = serializers.CharField(source="rota.role", allow_null=True, default=None, help_text="Role of the rota.")

    def get_text(self, remark: Remark) -> str:
        """In the caller's language."""
        return remark.finding.message.in_(get_language() or "de")


class FindingsOut(serializers.Serializer[Any]):
    """What is wrong with document, people and rotas for the year to come; empty when nothing is."""

    findings = FindingOut(many=True)


class ChainLint(ApiViewSet):
    """What stands under «Zustand» about the chains."""

    scope = "health"
    pagination_class = None

    @extend_schema(
        summary="Dead ends, unmanned roles, people no channel reaches, gaps and load of the rotas for 52 weeks.",
        responses=FindingsOut,
    )
    def retrieve(self, request: Request) -> Response:
        """The gravest first."""
        require(self.by, SEE_HEALTH)
        return Response(FindingsOut({"findings": shortcomings(now=self.now)}).data)
