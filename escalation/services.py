"""Moves on the two ladders (§5). Only `lifecycle` calls these, inside its transaction and with the incidents locked.

Steps are changed only under their incident's lock, so that a sweep and a person never wait for each other crosswise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q
from django.utils.translation import gettext as _

import escalation.summons
from core.actors import SYSTEM, Actor
from core.audit import Fact, record_all
from directory.models import Person
from directory.selectors import roles_of
from escalation import progress
from escalation.calling import KIND, TOPIC, Ring, ring_all, silence
from escalation.events import NOT_ACKNOWLEDGED
from escalation.models import Call, Step
from escalation.roster import Roster
from escalation.rules import policy
from escalation.rules.policy import Action, Landing, Move
from escalation.unheard import sound_alarm
from incidents.models import Incident
from notifications.services import acknowledge_topic, skip_topics
from process.schema import ChainName, Document, Priority
from process.selectors import document as document_of

Ladder = tuple[int, str]
_STATES = {Move.GIVE_UP: Step.State.EXHAUSTED, Move.TAKEN: Step.State.ACKNOWLEDGED}


@dataclass(frozen=True, slots=True)
class Entry:
    """A wish to enter a rung. `from_level` is that of the newest step of the chain unless given.

    An incident that has just been opened enters from level 0: there is no step before it to look for.
    `kept_by` takes the rung on in entering it; then nobody is called.
    """

    incident: Incident
    chain: ChainName
    to_level: int
    reason: str
    rule: str
    document: Document
    note: str = ""
    from_level: int | None = None
    kept_by: Person | None = None


@dataclass(frozen=True, slots=True)
class Exhausted:
    """A rung on which nobody is left to call, below the last one: the next level is to be entered."""

    step: Step

    @property
    def incident_id(self) -> int:
        """The incident that has to go up."""
        return self.step.incident_id

    @property
    def chain(self) -> str:
        """The ladder it goes up on."""
        return self.step.chain

    @property
    def to_level(self) -> int:
        """The level that is left."""
        return self.step.to_level

    @property
    def next_level(self) -> int:
        """The level to enter."""
        return self.step.to_level + 1


def enter(entries: Iterable[Entry], *, now: datetime, actor: Actor) -> list[Step]:
    """Enters rungs and calls whoever holds them (P-5.3). The number of queries does not depend on how many enter.

    A rung nobody can be reached on is passed: `Step.to_level` may be higher than wished, and the caller sets the
    incident's level from it. With nobody to the top the step is exhausted at once. Of several wishes for one ladder
    the highest counts, so steps may be fewer than entries.
    """
    wishes = _one_per_ladder(entries)
    if not wishes:
        return []
    previous = _newest_steps(wishes)
    _supersede([step for step in previous.values() if step.state == Step.State.CALLING], now=now)
    roster = Roster(now)
    landings = [_land(entry, roster) for entry in wishes]
    steps = [
        _step(entry, landing, previous.get((entry.incident.pk, entry.chain.value)), now, actor)
        for entry, landing in zip(wishes, landings, strict=True)
    ]
    Step.objects.bulk_create(steps)
    record_all(_stepped(step, landing, now, actor) for step, landing in zip(steps, landings, strict=True))
    ring_all(
        [
            Ring(step, entry.incident, entry.document, landing.action)
            for step, entry, landing in zip(steps, wishes, landings, strict=True)
        ],
        roster=roster,
        now=now,
        actor=actor,
    )
    sound_alarm([step for step in steps if step.state == Step.State.EXHAUSTED], now=now)
    record_all(_acknowledged(step, now, actor) for step in steps if step.state == Step.State.ACKNOWLEDGED)
    return steps


def _one_per_ladder(entries: Iterable[Entry]) -> list[Entry]:
    chosen: dict[Ladder, Entry] = {}
    for entry in entries:
        ladder = (entry.incident.pk, entry.chain.value)
        if ladder not in chosen or entry.to_level > chosen[ladder].to_level:
            chosen[ladder] = entry
    return list(chosen.values())


def _newest_steps(wishes: Sequence[Entry]) -> dict[Ladder, Step]:
    entries = [entry for entry in wishes if entry.from_level != 0]
    if not entries:
        return {}
    steps = (
        Step.objects.filter(incident_id__in=[entry.incident.pk for entry in entries])
        .order_by("incident_id", "chain", "-id")
        .distinct("incident_id", "chain")
    )
    wanted = {(entry.incident.pk, entry.chain.value) for entry in entries}
    return {(step.incident_id, step.chain): step for step in steps if (step.incident_id, step.chain) in wanted}


def _supersede(steps: Collection[Step], *, now: datetime) -> None:
    if steps:
        Step.objects.filter(pk__in=[step.pk for step in steps], state=Step.State.CALLING).update(
            state=Step.State.SUPERSEDED, next_call_at=None
        )
        silence(steps, reason="superseded", now=now)


def _land(entry: Entry, roster: Roster) -> Landing:
    if entry.kept_by is not None:
        return Landing(entry.to_level, (), Action(Move.TAKEN))
    chain = entry.document.chain(entry.chain)
    return policy.enter(roster.rungs_from(chain, entry.to_level, entry.incident), now=roster.now)


def _step(entry: Entry, landing: Landing, before: Step | None, now: datetime, actor: Actor) -> Step:
    chain = entry.document.chain(entry.chain)
    return Step(
        incident=entry.incident,
        chain=entry.chain.value,
        from_level=_from_level(entry, before),
        to_level=landing.level,
        role=chain.level(landing.level).role,
        reason=entry.reason,
        note=_note(entry, landing),
        rule=entry.rule,
        actor_label=actor.label,
        at=now,
        state=_STATES.get(landing.action.move, Step.State.CALLING),
        next_call_at=landing.action.next_call_at,
        acknowledged_at=now if entry.kept_by else None,
        acknowledged_by=entry.kept_by,
    )


def _from_level(entry: Entry, before: Step | None) -> int:
    """The functional ladder begins below level 1, when the incident is opened; on the other everybody stands at 1."""
    if entry.from_level is not None:
        return entry.from_level
    if before is not None:
        return before.to_level
    return 1 if entry.chain is ChainName.MANAGEMENT and entry.to_level > 1 else 0


def _note(entry: Entry, landing: Landing) -> str:
    chain = entry.document.chain(entry.chain)
    levels = [*landing.passed, *([landing.level] if landing.action.move is Move.GIVE_UP else [])]
    if not levels:
        return entry.note[:500]
    names = ", ".join(f"{chain.level(level).label.de} ({level})" for level in levels)
    gap = _("Niemand erreichbar: %(names)s.") % {"names": names}
    return f"{gap} {entry.note}".strip()[:500]


def _stepped(step: Step, landing: Landing, now: datetime, actor: Actor) -> Fact:
    data = {
        "chain": step.chain,
        "step": step.pk,
        "from": step.from_level,
        "to": step.to_level,
        "role": step.role,
        "reason": step.reason,
        "passed": list(landing.passed),
    }
    return Fact("escalation.stepped", "incident", step.incident_id, now, actor, step.rule, data)


def claim_due(*, now: datetime, limit: int) -> list[Step]:
    """Steps whose call went unanswered, locked together with their incidents until the transaction ends.

    Those another transaction holds are left to it, so two sweeps at once act once.
    """
    due = Step.objects.filter(state=Step.State.CALLING, next_call_at__lte=now)
    return list(
        due.select_related("incident")
        .select_for_update(skip_locked=True, of=("self", "incident"))
        .order_by("next_call_at", "id")[:limit]
    )


def call_next(steps: Collection[Step], *, now: datetime, actor: Actor = SYSTEM) -> list[Exhausted]:
    """Calls the next people for claimed steps (P-5.3). Returns rungs below the last where nobody is left.

    On the last rung everybody is called again, once per waiting time, at most three times; then the ladder counts as
    exhausted and the log says so.
    """
    called: dict[int, set[int]] = {}
    for step_id, person_id in Call.objects.filter(step__in=steps).values_list("step_id", "person_id"):
        called.setdefault(step_id, set()).add(person_id)
    roster = Roster(now)
    rings = [_next_ring(step, called.get(step.pk, set()), roster) for step in steps]
    Step.objects.bulk_update(steps, ["state", "rounds", "next_call_at"])
    ring_all(rings, roster=roster, now=now, actor=actor)
    sound_alarm([ring.step for ring in rings if ring.action.move is Move.GIVE_UP], now=now)
    return [Exhausted(ring.step) for ring in rings if ring.action.move is Move.GO_ON]


def _next_ring(step: Step, called: Collection[int], roster: Roster) -> Ring:
    document = document_of(step.incident.process_version_id)
    rung = roster.rung(document.chain(ChainName(step.chain)), step.to_level, step.incident)
    action = policy.next_action(rung, called=called, rounds=step.rounds, now=roster.now)
    step.next_call_at = action.next_call_at
    if action.move is Move.AGAIN:
        step.rounds += 1
    elif action.move in (Move.GO_ON, Move.GIVE_UP):
        step.state = Step.State.EXHAUSTED
    return Ring(step, step.incident, document, action)


def hasten(incident: Incident, *, now: datetime) -> None:
    """The incident (locked) became more urgent: who is being called has the minutes of its new priority, counted from
    their call; what waited for duty or for quiet hours is looked at now. No deadline moves back."""
    for step in Step.objects.filter(incident=incident, state=Step.State.CALLING):
        called_at = Call.objects.filter(step=step).aggregate(at=Max("at"))["at"]
        rung = document_of(incident.process_version_id).chain(ChainName(step.chain)).level(step.to_level)
        wait = timedelta(minutes=rung.acknowledge_within_min.for_(Priority(incident.priority)))
        due = max(now, called_at + wait) if called_at else now
        Step.objects.filter(pk=step.pk, next_call_at__gt=due).update(next_call_at=due)


def acknowledge(
    *, incident: Incident, person: Person, now: datetime, actor: Actor, chain: ChainName | None = None
) -> list[Step]:
    """The person takes the incident on: calls they may answer end, and so do their pending notices (P-5.3).

    They may answer a step they were called for or whose role they hold; a late answer counts as long as the ladder
    went up only because nobody answered. With `chain`, that chain's step ends whoever they are. Their seats of the
    Major Incident Team are answered as well (P-6.2). Returns steps answered.
    """
    steps = list(Step.objects.filter(incident=incident).order_by("id"))
    runs = [_run(steps, step) for step in steps if step.state == Step.State.CALLING]
    mine = set(Call.objects.filter(step__in=steps, person=person).values_list("step_id", flat=True))
    roles = roles_of(person)
    answered: list[Step] = []
    heard: list[Step] = []
    for run in runs:
        step = run[-1]
        may = step.role in roles or any(other.pk in mine for other in run) if chain is None else step.chain == chain
        if may and _answer(step, person, now, progress_due_at=progress.due_after(step, incident, now)):
            answered.append(step)
            heard += run
            silence(run, reason="acknowledged", now=now, but_for=person.pk)
    Call.objects.filter(step__in=heard, person=person, acknowledged_at=None).update(acknowledged_at=now)
    escalation.summons.answer(incident=incident, person=person, actor=actor, now=now)
    acknowledge_topic(person_id=person.pk, topic_type=TOPIC, topic_id=incident.pk, now=now)
    record_all(_acknowledged(step, now, actor) for step in answered)
    return answered


def _run(steps: Sequence[Step], last: Step) -> list[Step]:
    """The step and those before it on its chain that it only replaced because nobody answered them."""
    run = [last]
    for step in reversed([step for step in steps if step.chain == last.chain and step.pk < last.pk]):
        if run[0].reason != NOT_ACKNOWLEDGED:
            break
        run.insert(0, step)
    return run


def _answer(step: Step, person: Person, now: datetime, *, progress_due_at: datetime | None) -> bool:
    facts = {
        "state": Step.State.ACKNOWLEDGED,
        "acknowledged_at": now,
        "acknowledged_by": person,
        "next_call_at": None,
        "progress_due_at": progress_due_at,
    }
    for name, value in facts.items():
        setattr(step, name, value)
    return bool(Step.objects.filter(pk=step.pk, state=Step.State.CALLING).update(**facts))


def _acknowledged(step: Step, now: datetime, actor: Actor) -> Fact:
    data = {"chain": step.chain, "step": step.pk, "level": step.to_level}
    return Fact("escalation.acknowledged", "incident", step.incident_id, now, actor, step.rule, data)


def close_all(incident_ids: Collection[int], *, now: datetime) -> int:
    """Ends every call, also of the Major Incident Team, for incidents that need none any more.

    Returns how many steps were still calling.
    """
    calling = Q(incident_id__in=incident_ids, state=Step.State.CALLING)
    ended = Step.objects.filter(calling).update(state=Step.State.SUPERSEDED, next_call_at=None)
    skip_topics(topic_type=TOPIC, topic_ids=incident_ids, kinds=[KIND], reason="closed", now=now)
    escalation.summons.end_all(incident_ids, reason="closed", now=now)
    return ended
