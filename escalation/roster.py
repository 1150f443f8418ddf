"""The rungs of a ladder as they stand now: the document's levels joined with the people who hold them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain as joined

from directory.models import Person
from directory.selectors import holders, named, roles_of, team_members
from escalation.on_call import plans
from escalation.rules.oncall import Rota, on_call
from escalation.rules.policy import Group, Rung, in_turn
from escalation.selectors import last_calls
from incidents.models import Incident
from notifications.services import quiet_until
from process.rules.calendar import hours
from process.schema import CallStep, Chain, ChainLevel, ChainName, Priority
from process.selectors import document

_SECOND = timedelta(seconds=1)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Roster:
    """Who can be reached in which role at an instant; asks once per role, however many incidents need it.

    Whoever is on call for the role is called first, the others follow in rank order (P-5.3).
    """

    now: datetime
    people: dict[int, Person] = field(default_factory=dict)
    on_call: dict[str, int] = field(default_factory=dict)
    _by_role: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _rotas: dict[str, Rota] | None = None
    _by_name: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    _last_called: dict[tuple[int, ...], dict[int, datetime]] = field(default_factory=dict)
    _begun: Counter[int] = field(default_factory=Counter)

    def reachable(self, role: str) -> tuple[int, ...]:
        """People of a role who can be reached, in calling order."""
        if role not in self._by_role:
            found = holders(role, now=self.now)
            self.people |= {person.pk: person for person in found}
            self._by_role[role] = self._in_calling_order(role, [person.pk for person in found])
        return self._by_role[role]

    def _in_calling_order(self, role: str, people: list[int]) -> tuple[int, ...]:
        if self._rotas is None:
            self._rotas = {role: plan.rota for role, plan in plans(since=self.now).items()}
        duty = on_call(self._rotas[role], self.now) if role in self._rotas else None
        if duty is None or duty.person not in people:
            return tuple(people)
        self.on_call[role] = duty.person
        return (duty.person, *(person for person in people if person != duty.person))

    def rung(self, chain: Chain, level: int, incident: Incident) -> Rung:
        """A level of a chain for one incident (P-5.1, P-5.2)."""
        rule, is_last = chain.level(level), level == chain.top
        opens_at = self._opens_at(rule, incident)
        if opens_at is not None and rule.hours is not None and rule.hours.outside == "pass" and not is_last:
            return Rung(level, (), is_last)
        groups = self._groups(rule, Priority(incident.priority))
        rung = Rung(level, groups, is_last, opens_at).beginning_with(incident.assignee_id)
        return rung if incident.is_urgent else rung.sparing(self._quiet(rung))

    def _quiet(self, rung: Rung) -> dict[int, datetime]:
        """Who of a rung wants quiet now, and until when."""
        until = {person: quiet_until(self.people[person], now=self.now) for person in rung.reachable}
        return {person: at for person, at in until.items() if at is not None}

    def _groups(self, rule: ChainLevel, priority: Priority) -> tuple[Group, ...]:
        wait_min = rule.acknowledge_within_min.for_(priority)
        found = [(step, self._whom(step, rule.role)) for step in rule.call_steps]
        if rule.call_everyone_from is not None and priority.rank <= rule.call_everyone_from.rank:
            everyone = tuple(dict.fromkeys(joined(*(people for _step, people in found))))
            return (Group(everyone, wait_min),) if everyone else ()
        groups: list[Group] = []
        for step, people in found:
            minutes = wait_min if step.wait_min is None else step.wait_min
            groups += [Group(people, minutes)] if step.call == "everyone" else in_turn(people, minutes)
        return tuple(group for group in groups if group.people)

    def _whom(self, step: CallStep, role: str) -> tuple[int, ...]:
        if step.notify == "on_call":
            self.reachable(step.key or role)
            duty = self.on_call.get(step.key or role)
            return () if duty is None else (duty,)
        people = self.reachable(step.key or role) if step.notify == "role" else self._named(step.notify, step.key)
        return self._longest_left_alone(people) if step.call == "round_robin" else people

    def _named(self, what: str, key: str) -> tuple[int, ...]:
        if (what, key) not in self._by_name:
            found = (team_members if what == "team" else named)(key, now=self.now)
            self.people |= {person.pk: person for person in found}
            self._by_name[what, key] = tuple(person.pk for person in found)
        return self._by_name[what, key]

    def _longest_left_alone(self, people: tuple[int, ...]) -> tuple[int, ...]:
        """Round robin: whoever was called longest ago comes first; of several at once each begins with another."""
        if people not in self._last_called:
            self._last_called[people] = last_calls(people)
        last = self._last_called[people]
        ordered = sorted(people, key=lambda person: (self._begun[person], last.get(person, _NEVER)))
        self._begun.update(ordered[:1])
        return tuple(ordered)

    def _opens_at(self, rule: ChainLevel, incident: Incident) -> datetime | None:
        """When this level may be called for the incident; None while it may (R12)."""
        kept = rule.hours
        if kept is None or incident.is_major or Priority(incident.priority).rank <= kept.but_from.rank:
            return None
        opening = hours(document(incident.process_version_id).calendar(kept.calendar))
        opens_at = opening.add(self.now, 1) - _SECOND
        return opens_at if opens_at > self.now else None

    def rungs_from(self, chain: Chain, level: int, incident: Incident) -> Iterator[Rung]:
        """The rungs from a level to the top, each looked up when it is asked for."""
        return (self.rung(chain, number, incident) for number in range(level, chain.top + 1))


def is_released(incident: Incident, chain: ChainName, rung: ChainLevel) -> bool:
    """Whether going up to a rung takes the incident off its assignee: the functional chain gives it to those who hold
    the rung's role (P-5.1)."""
    assignee = incident.assignee if chain is ChainName.FUNCTIONAL else None
    return assignee is not None and rung.role not in roles_of(assignee)
