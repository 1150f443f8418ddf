"""§14 at work on one incident: for each task that has happened who was R, A, C, I, who was told and when (P-14.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Min, Q

from core.models import Event
from directory.selectors import holders_by_role
from escalation.selectors import steps_of
from incidents.models import Consultation, Incident, StakeholderMessage
from incidents.selectors import consultations_of
from lifecycle.audiences import TOPIC as STAKEHOLDERS
from lifecycle.desk import rules_for
from lifecycle.informing import task_of
from notifications.models import Message
from process.schema import Document, RaciRow

LETTERS = "RACI"
TASKS: dict[str, tuple[str, ...]] = {
    "alert.fired": ("identification",),
    "incident.opened": ("identification", "prioritisation"),
    "incident.contacted": ("identification",),
    "incident.acknowledged": ("initial_diagnosis",),
    "incident.prioritised": ("prioritisation",),
    "incident.downgrade_proposed": ("prioritisation",),
    "incident.downgrade_rejected": ("prioritisation",),
    "incident.assigned": ("handling",),
    "incident.started": ("handling",),
    "incident.held": ("handling",),
    "incident.resumed": ("handling",),
    "incident.duty_done": ("handling",),
    "incident.noted": ("documentation",),
    "incident.edited": ("documentation",),
    "incident.attached": ("documentation",),
    "incident.resolved": ("resolution_closure",),
    "incident.reopened": ("resolution_closure",),
    "incident.closed": ("resolution_closure",),
    "incident.cancelled": ("resolution_closure",),
    "incident.dissatisfied": ("dissatisfied_customers",),
    "incident.messaged": ("communication",),
    "incident.answered": ("communication",),
    "incident.stakeholder_drafted": ("communication",),
    "incident.stakeholder_returned": ("communication",),
    "incident.stakeholder_sent": ("communication",),
    "sla.checkpoint": ("sla_compliance",),
    "sla.breached": ("sla_compliance",),
    "incident.major_proposed": ("major_incident",),
    "incident.major_declared": ("major_incident",),
    "incident.major_rejected": ("major_incident",),
    "incident.major_demoted": ("major_incident",),
    "escalation.team_called": ("major_incident",),
    "incident.role_taken": ("major_incident",),
    "incident.situation": ("documentation",),
    "incident.situation_done": ("documentation",),
    "incident.review_owed": ("pir",),
    "incident.review_done": ("pir",),
}
"""Kind of event → the tasks of §14 it is part of. Escalations are told apart by their chain."""
ESCALATED = "incident.escalated"
MESSAGES = {
    "incident_assigned": "handling",
    "downgrade_proposed": "prioritisation",
    "incident_dissatisfied": "dissatisfied_customers",
    "incident_major": "major_incident",
    "incident_major_demoted": "major_incident",
    "major_proposed": "major_incident",
    "major_team_call": "major_incident",
    "room_role": "major_incident",
    "major_team_unanswered": "major_incident",
    "review_owed": "pir",
    "stakeholder_review": "communication",
    "stakeholder_returned": "communication",
    "stakeholder_update": "communication",
    "incident_update_due": "communication",
    "incident_update_overdue": "communication",
    "incident_reopened": "resolution_closure",
    "sla_warning": "sla_compliance",
    "sla_breached": "sla_compliance",
}
"""Kind of message to staff → the task of §14 it is about. Calls and informings stand in their own rows."""


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who was told: called, informed or written to; `seen_at` is when they answered or read it."""

    name: str
    at: datetime
    way: str
    """`call`, `inform` or `message`."""
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role in a row of §14, with the names of who holds it and can be reached now."""

    key: str
    people: list[str]


@dataclass(slots=True)
class Task:
    """A row of §14, and what has happened of it on an incident: nothing while `has_happened` is false."""

    row: RaciRow
    roles: Mapping[str, list[Role]]
    """Letter → the roles that carry it."""
    first_at: datetime | None = None
    last_at: datetime | None = None
    times: int = 0
    done_by: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    questions: list[Consultation] = field(default_factory=list)

    @property
    def has_happened(self) -> bool:
        """Whether the log knows of it, or somebody was told or asked."""
        return bool(self.first_at or self.told or self.questions)

    @property
    def gaps(self) -> list[str]:
        """What is odd about the row today (P-14.2): A or R missing, several A, a role without anybody."""
        found = {
            "nobody_responsible": not self.roles["R"],
            "nobody_accountable": not self.roles["A"],
            "several_accountable": len(self.roles["A"]) > 1,
            "unmanned": any(not role.people for roles in self.roles.values() for role in roles),
        }
        return [name for name, is_so in found.items() if is_so]

    def note(self, first: datetime, last: datetime, times: int, who: Iterable[str]) -> None:
        """Counts further events of it in."""
        self.first_at = min(self.first_at or first, first)
        self.last_at = max(self.last_at or last, last)
        self.times += times
        self.done_by = list(dict.fromkeys([*self.done_by, *who]))


def table(document: Document, *, now: datetime) -> list[Task]:
    """The rows of §14 in their order, with who stands behind each letter today. One query."""
    held = {role: [person.display_name for person in people] for role, people in holders_by_role(now=now).items()}
    return [
        Task(row, {letter: [Role(key, held.get(key, [])) for key in row.holders(letter)] for letter in LETTERS})
        for row in document.raci
    ]


def proof(incident: Incident, *, now: datetime) -> list[Task]:
    """The table as it was lived on one incident. The number of queries does not depend on how long its story is."""
    tasks = {task.row.key: task for task in table(rules_for(incident), now=now)}
    for keys, first, last, times, who in _happened(incident):
        for key in keys & tasks.keys():
            tasks[key].note(first, last, times, who)
    for key, told in sorted(_told(incident), key=lambda entry: entry[1].at):
        if key in tasks:
            tasks[key].told.append(told)
    for question in consultations_of(incident):
        if question.task in tasks:
            tasks[question.task].questions.append(question)
    return list(tasks.values())


def _happened(incident: Incident) -> Iterator[tuple[set[str], datetime, datetime, int, list[str]]]:
    """Tasks, first and last time, how often, by whom: one row per kind of event and chain."""
    events = Event.objects.filter(subject_type="incident", subject_id=incident.pk, kind__in=[*TASKS, ESCALATED])
    rows = events.order_by().values_list("kind", "data__chain")
    found = rows.annotate(Min("at"), Max("at"), Count("pk"), who=ArrayAgg("actor_label", distinct=True))
    for kind, chain, first, last, times, who in found:
        keys = {task_of(chain)} if kind == ESCALATED else set(TASKS[kind])
        yield keys, first, last, times, who


def _told(incident: Incident) -> Iterator[tuple[str, Told]]:
    """Calls of the ladders, who was informed of a step, and messages to staff; mail and bell are one telling."""
    for step in steps_of(incident):
        task = task_of(step.chain) if step.to_level > 1 else "handling"
        for call in step.calls.all():
            yield task, Told(call.person.display_name, call.at, "call", call.acknowledged_at)
    events = Event.objects.filter(subject_type="incident", subject_id=incident.pk, kind=ESCALATED)
    for chain, names, at in events.values_list("data__chain", "data__informed", "at"):
        for name in (names or "").split(", "):
            if name:
                yield task_of(chain), Told(name, at, "inform")
    drafts = StakeholderMessage.objects.filter(incident=incident).values("pk")
    about = Q(topic_type="incident", topic_id=incident.pk) | Q(topic_type=STAKEHOLDERS, topic_id__in=drafts)
    bell = Message.objects.filter(about, kind__in=MESSAGES, channel="in_app")
    for message in bell.select_related("person").order_by("id"):
        if message.person is not None:
            seen_at = message.acknowledged_at or message.read_at
            told = Told(message.person.display_name, message.created_at, "message", seen_at)
            yield MESSAGES[message.kind], told
