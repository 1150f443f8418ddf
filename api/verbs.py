"""The verbs of an incident as `POST incidents/{number}/{verb}/`: the facts each takes, and the function it calls.

The functions are those the console's buttons call. Every answer is the incident as it is afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import required_version
from api.errors import Stale
from api.examples import body
from api.idempotency import once
from api.inputs import PersonField, TeamField, Versioned, facts_of, key, keys, level, text
from api.records import IncidentOut
from incidents.models import Link, PriorityChoice
from lifecycle.decisions import EXTENT
from lifecycle.dissatisfaction import GRADES
from lifecycle.errors import Conflict, Invalid
from lifecycle.finish import SATISFACTION


class NoFacts(Versioned):
    """The verb says it all."""


class AssignIn(Versioned):
    """To whom; null for nobody. A team alone puts it back into that team's queue."""

    assignee = PersonField(required=False, allow_null=True, help_text="Username, `me` or null.")
    team = TeamField(required=False, allow_null=True, help_text="Key of a team.")


class HoldIn(Versioned):
    """Why it waits."""

    reason = key(help_text="A pending reason of the process.")
    until = serializers.DateTimeField(required=False, allow_null=True)
    message = text(required=False, allow_blank=True, help_text="What the reporter is asked.")


class TextIn(Versioned):
    """A text."""

    aliases: ClassVar[dict[str, str]] = {"body": "text"}
    text = text()


class EscalateIn(Versioned):
    """Which ladder, and why."""

    chain = serializers.ChoiceField(["functional", "management"], default="functional")
    reason = key(help_text="A reason of the process for the level entered.")
    note = text(500, required=False, allow_blank=True)
    level = serializers.IntegerField(required=False, min_value=1, max_value=9, help_text="The next level when missing.")


class DeEscalateIn(Versioned):
    """Down which ladder, and why. Who holds the lower level is called, unless the caller keeps it."""

    chain = serializers.ChoiceField(["functional", "management"], default="functional")
    reason = text(500, help_text="In words, for those who get it back.")
    level = serializers.IntegerField(
        required=False, min_value=1, max_value=9, help_text="The level below when missing."
    )
    keep = serializers.BooleanField(
        required=False, help_text="The caller holds the lower level's role and goes on with it: nobody is called."
    )


class DissatisfiedIn(Versioned):
    """How dissatisfied the customer is, and what shows it."""

    grade = serializers.ChoiceField(list(GRADES), help_text="Leads to the level whose reasons name it.")
    said = text(5000, help_text="What the customer said.")
    channel = key(required=False, allow_blank=True, help_text="A channel of the process people use.")
    said_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Now when missing; never ahead.")


class StrategicDecisionIn(Versioned):
    """What was decided beyond the technical, and why."""

    decision = text(5000)
    grounds = text(5000)


class CrisisIn(Versioned):
    """How things stand, and what is done about it."""

    situation = text(5000)
    measures = text(5000)


class ProductChangeIn(Versioned):
    """Which change of the product, how far it goes, and where it is planned."""

    extent = serializers.ChoiceField(list(EXTENT), help_text="`extensive` ones are decided by the executive board.")
    change = text(5000)
    reference = text(500, required=False, allow_blank=True)


class ExternalCommunicationIn(Versioned):
    """Whom outside one told what, by which channel and when."""

    recipient = text(500)
    channel = key(help_text="A channel of the process people use.")
    said = text(5000)
    said_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Now when missing; never ahead.")


class SuspectBreachIn(Versioned):
    """Why it may be a data-protection incident, and what everybody else may read instead."""

    grounds = text(20_000, help_text="Only readers of the case see it.")
    neutral = text(500, required=False, allow_blank=True)


class ConsultIn(Versioned):
    """On which task of §14 a question is asked, and whom; all roles it consults when none is named."""

    task = key(help_text="A row of §14 with a C.")
    question = text(5000)
    role = key(required=False, allow_blank=True)


class AdviseIn(Versioned):
    """The answer to a question, by somebody who holds the role that was asked."""

    question = serializers.IntegerField(min_value=1, help_text="Its id in `incidents/{number}/raci/`.")
    answer = text(5000)


class DeclareMajorIn(Versioned):
    """Which trigger of §6.1 it meets."""

    trigger = key(help_text="A trigger of the process for major incidents.")
    note = text(500, required=False, allow_blank=True)


class MajorDecisionIn(Versioned):
    """Why it is no major incident."""

    reason = text(500, help_text="In words, for everybody who was told of the major.")


class ReviewDoneIn(Versioned):
    """Where the post-incident review stands."""

    reference = text(500, help_text="An address, or what came of it.")


class PriorityIn(Versioned):
    """New facts for the matrix, or an override with its reason; `override: ""` takes one back."""

    urgency = level(required=False)
    impact = level(required=False)
    urgency_criteria = keys(required=False)
    impact_criteria = keys(required=False)
    override = serializers.ChoiceField(PriorityChoice.values, required=False, allow_blank=True)
    reason = text(500, required=False, allow_blank=True)


class RejectPriorityIn(Versioned):
    """Why the priority stays."""

    reason = text(500)


class SetDueIn(Versioned):
    """Until when, and why; `due_at: null` takes it back."""

    clock = serializers.ChoiceField(["response", "resolution"])
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="Ahead, by a year at most; null for the ordinary promise."
    )
    reason = text(500)


class LinkIn(Versioned):
    """To which incident, and how they belong together."""

    kind = serializers.ChoiceField(Link.Kind.values)
    target = serializers.CharField(max_length=20, help_text="Number of the other incident.")


class MergeIn(Versioned):
    """Into which incident."""

    into = serializers.CharField(max_length=20, help_text="Number of the incident that stays.")


def cascade(meaning: str) -> serializers.BooleanField:
    """Whether the incidents below go the same way; without, they are named in a refusal on `children`."""
    return serializers.BooleanField(required=False, help_text=meaning)


class ResolveIn(Versioned):
    """How it was solved."""

    aliases: ClassVar[dict[str, str]] = {"closure_code": "code", "resolution": "text"}
    code = key(help_text="A closure code of the process.")
    text = text()
    cascade = cascade("Resolve the open incidents below it as well; `GET …/cascade/` lists them.")


class ReopenIn(Versioned):
    """Why it is open again."""

    reason = text(500)


class CancelIn(Versioned):
    """Why it was none; a duplicate names the incident it repeats."""

    aliases: ClassVar[dict[str, str]] = {"closure_code": "code"}
    code = key(help_text="A closure code of the process for cancelling.")
    reason = text(500)
    target = serializers.CharField(max_length=20, required=False, allow_blank=True)
    cascade = cascade("Cancel the open incidents below it as well; `GET …/cascade/` lists them.")


class FeedbackIn(Versioned):
    """What the customer says of the solution."""

    text = text(20_000, required=False, allow_blank=True, default="")
    satisfaction = serializers.ChoiceField(SATISFACTION, required=False, allow_blank=True)


def verb(name: str, call: Callable[..., Any], facts: type[Versioned], *examples: OpenApiExample) -> Any:
    """A POST action: reads the facts, calls the lifecycle, answers with the incident. Idempotent by key."""

    def act(self: Any, request: Request, number: str) -> Response:
        return once(request, lambda: _apply(self, request, number))

    def _apply(self: Any, request: Request, number: str) -> Response:
        given = named_for_verbs(facts_of(facts, request), name)
        with_condition(request, given, lambda kept: call(number.upper(), by=self.by, now=self.now, **kept))
        answer: Response = self.answer(number)
        return answer

    summary = (call.__doc__ or "").strip().partition("\n")[0]
    act.__name__ = name.replace("-", "_")
    act.__doc__ = call.__doc__
    routed = action(detail=True, methods=["post"], url_path=name, url_name=name)(act)
    # extend_schema goes on last: `action` would throw away what it notes on the function
    return extend_schema(
        summary=summary, request=facts, responses={200: IncidentOut}, examples=list(examples) or [body()]
    )(routed)


def named_for_verbs(given: dict[str, Any], name: str) -> dict[str, Any]:
    """The facts under the names of the lifecycle's arguments."""
    if name != "assign":
        return given
    if not given.keys() & {"assignee", "team"}:
        raise Invalid.field("assignee", _("An wen? Nennen Sie assignee oder team; null bei assignee heisst niemand."))
    named = {"assignee": "person_id", "team": "team_id"}
    return {named.get(field, field): value for field, value in given.items()}


def with_condition(request: Request, given: dict[str, Any], call: Callable[[dict[str, Any]], Any]) -> Any:
    """Calls with the version the caller requires: of If-Match (412 when stale), else of the body (409)."""
    required = required_version(request)
    if required is not None:
        given = {**given, "version": required}
    try:
        return call(given)
    except Conflict as conflict:
        raise Stale(conflict, required=required is not None) from None
