"""How an incident reads. Whatever hangs on a page of incidents is fetched in one query per kind, never per row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from api.examples import INCIDENT
from api.explain import priority_reason
from api.fields import Instant
from directory.models import Person
from incidents.models import Impact, Incident, Link, PriorityChoice, StatusChoice
from incidents.rules.states import Status, Verb, allowed_verbs
from incidents.selectors import links_known_to, proposal_for, visible_to, with_record
from lifecycle.access import actions_of
from lifecycle.descend import ways_down
from lifecycle.major_end import refused_now
from process.selectors import document
from sla.models import Clock
from sla.selectors import clocks_for, seconds_used

INNER_VERBS = {Verb.EDIT, Verb.ATTACH, Verb.TICK}  # PATCH, and addresses of attachments and duties
DECISIONS = {Verb.CONFIRM_PRIORITY, Verb.REJECT_PRIORITY}


def incidents_of(person: Person) -> QuerySet[Incident]:
    """The incidents a person may read, with what a row shows."""
    beside = ("priority_override_by", "priority_proposal__by", "review", "update_clock")
    return with_record(visible_to(person)).select_related(*beside)


@dataclass(frozen=True)
class Around:
    """What hangs on the incidents of one answer."""

    now: datetime
    person: Person
    actions: frozenset[str]
    clocks: dict[int, list[Clock]]
    links: dict[int, list[dict[str, str]]]

    @classmethod
    def of(cls, incidents: Sequence[Incident], *, person: Person, now: datetime) -> Around:
        """Clocks and links of all of them, two queries."""
        ids = [incident.pk for incident in incidents]
        return cls(now, person, actions_of(person), clocks_for(ids), _links(ids, person))


def _links(ids: list[int], person: Person) -> dict[int, list[dict[str, str]]]:
    found: dict[int, list[dict[str, str]]] = {pk: [] for pk in ids}
    rows = links_known_to(person).filter(Q(source__in=ids) | Q(target__in=ids))
    for kind, source, target, from_, to in rows.values_list(
        "kind", "source_id", "target_id", "source__number", "target__number"
    ):
        if source in found:
            found[source].append({"kind": kind, "direction": "out", "number": to})
        if target in found:
            found[target].append({"kind": kind, "direction": "in", "number": from_})
    return found


class ReporterOut(serializers.Serializer[Any]):
    """Who reported it."""

    name = serializers.CharField(source="reporter_name")
    email = serializers.CharField(source="reporter_email")
    phone = serializers.CharField(source="reporter_phone")
    school = serializers.CharField(source="school.name", allow_null=True, default=None)


class CriterionOut(serializers.Serializer[Any]):
    """A ticked criterion with its paragraph."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    paragraph = serializers.CharField()


class OverrideOut(serializers.Serializer[Any]):
    """Who set another priority than the matrix gives, when and why (P-4.4)."""

    by = serializers.CharField(allow_null=True)
    at = Instant()
    reason = serializers.CharField()


class PriorityReasonOut(serializers.Serializer[Any]):
    """Why the priority is what it is."""

    text = serializers.CharField()
    paragraph = serializers.CharField()
    computed = serializers.ChoiceField(PriorityChoice.values)
    urgency_criteria = CriterionOut(many=True)
    impact_criteria = CriterionOut(many=True)
    override = OverrideOut(allow_null=True)


class ProposalOut(serializers.Serializer[Any]):
    """A lower priority that waits for a second person (R8); `confirm-priority` and `reject-priority` decide it."""

    priority = serializers.ChoiceField(PriorityChoice.values)
    urgency = serializers.ChoiceField(Impact.values)
    impact = serializers.ChoiceField(Impact.values)
    reason = serializers.CharField()
    by = serializers.CharField(source="by.username")
    at = Instant()


class LinkOut(serializers.Serializer[Any]):
    """A link to another incident; `out` reads «this one <kind> the other»."""

    kind = serializers.ChoiceField(Link.Kind.values)
    direction = serializers.ChoiceField(["out", "in"])
    number = serializers.CharField()


class SlaOut(serializers.Serializer[Any]):
    """A clock of the service level agreement; `due_at` is null while it stands still, unless it was set by hand."""

    kind = serializers.ChoiceField(["response", "resolution"])
    state = serializers.ChoiceField(Clock.State.values)
    target_s = serializers.IntegerField(min_value=0)
    elapsed_s = serializers.IntegerField(min_value=0)
    due_at = Instant(allow_null=True)
    manual = serializers.BooleanField(help_text="Whether a lead set `due_at` by hand.")


class ChildOut(serializers.Serializer[Any]):
    """An open incident below another one."""

    number = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(StatusChoice.values)
    priority = serializers.ChoiceField(PriorityChoice.values)


@extend_schema_serializer(examples=[INCIDENT])
class IncidentOut(serializers.Serializer[Any]):
    """The incident record of §3 (P-3.1). Values are keys of the process document."""

    number = serializers.CharField()
    status = serializers.ChoiceField(StatusChoice.values)
    title = serializers.CharField()
    channel = serializers.CharField()
    contact_kind = serializers.SerializerMethodField()
    service_desk_agent = serializers.CharField(source="service_desk_agent.username", allow_null=True, default=None)
    reporter = ReporterOut(source="*")
    feedback_channel = serializers.CharField()
    symptom = serializers.CharField()
    module = serializers.CharField(source="module.key", allow_null=True, default=None)
    category = serializers.CharField()
    urgency = serializers.ChoiceField(Impact.values)
    impact = serializers.ChoiceField(Impact.values)
    priority = serializers.ChoiceField(PriorityChoice.values)
    priority_reason = serializers.SerializerMethodField()
    priority_proposal = serializers.SerializerMethodField()
    is_major = serializers.BooleanField()
    major_state = serializers.ChoiceField(["", "candidate", "declared", "rejected", "demoted"])
    major_trigger = serializers.CharField()
    functional_level = serializers.IntegerField()
    management_level = serializers.IntegerField()
    team = serializers.CharField(source="team.key", allow_null=True, default=None)
    assignee = serializers.CharField(source="assignee.username", allow_null=True, default=None)
    links = serializers.SerializerMethodField()
    sla = serializers.SerializerMethodField()
    next_due_at = Instant(allow_null=True)
    update_due_at = Instant(
        source="update_clock.due_at", allow_null=True, help_text="When those who wait are to hear again (P-5.5)."
    )
    process_version = serializers.IntegerField(source="process_version.number")
    pending_reason = serializers.CharField()
    pending_until = Instant(allow_null=True)
    resolution = serializers.CharField()
    closure_code = serializers.CharField()
    customer_feedback = serializers.CharField()
    customer_satisfaction = serializers.CharField()
    reopen_count = serializers.IntegerField()
    created_at = Instant()
    reported_at = Instant()
    acknowledged_at = Instant(allow_null=True)
    resolved_at = Instant(allow_null=True)
    closed_at = Instant(allow_null=True)
    updated_at = Instant()
    version = serializers.IntegerField()
    allowed_verbs = serializers.SerializerMethodField(help_text="What this caller can do to it now.")

    @property
    def around(self) -> Around:
        """What hangs on the incidents of this answer."""
        found: Around = self.context["around"]
        return found

    def get_contact_kind(self, incident: Incident) -> str:
        """An incident record exists for contacts of this kind only (P-2.2)."""
        return "incident"

    @extend_schema_field(PriorityReasonOut)
    def get_priority_reason(self, incident: Incident) -> dict[str, Any]:
        """Matrix cell, criteria and override."""
        return priority_reason(incident, document(incident.process_version_id))

    @extend_schema_field(LinkOut(many=True))
    def get_links(self, incident: Incident) -> list[dict[str, str]]:
        """Links in both directions."""
        return self.around.links[incident.pk]

    @extend_schema_field(SlaOut(many=True))
    def get_sla(self, incident: Incident) -> list[dict[str, Any]]:
        """Clocks as they stand at this instant."""
        rules = document(incident.process_version_id)
        canton = incident.school.canton if incident.school else None
        return [
            {
                "kind": clock.kind,
                "state": clock.state,
                "target_s": clock.target_s,
                "elapsed_s": seconds_used(clock, document=rules, canton=canton, now=self.around.now),
                "due_at": clock.deadline,
                "manual": clock.manual_due_at is not None,
            }
            for clock in self.around.clocks[incident.pk]
        ]

    @extend_schema_field(ProposalOut(allow_null=True))
    def get_priority_proposal(self, incident: Incident) -> dict[str, Any] | None:
        """For those who work here; a reporter need not read who wants what among them."""
        proposal = proposal_for(incident)
        return dict(ProposalOut(proposal).data) if proposal and self.around.actions else None

    def get_allowed_verbs(self, incident: Incident) -> list[str]:
        """By state and the caller's roles; a proposal is for others to confirm, and level 1 is given back to nobody."""
        proposal, person = proposal_for(incident), self.around.person
        without = set(INNER_VERBS)
        if proposal is None:
            without |= DECISIONS
        elif proposal.by_id == person.pk:
            without.add(Verb.CONFIRM_PRIORITY)
        rules = document(incident.process_version_id)
        if not ways_down(person, incident, rules):
            without.add(Verb.DE_ESCALATE)
        without |= refused_now(person, incident, rules)
        return [
            verb.value.replace("_", "-")
            for verb in allowed_verbs(Status(incident.status))
            if verb not in without and verb.value in self.around.actions
        ]
