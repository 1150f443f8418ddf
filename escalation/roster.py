"""The rungs of a ladder as they stand now: the document's levels joined with the people who hold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from directory.models import Person
from directory.selectors import holders, roles_of
from escalation.on_call import plans
from escalation.rules.oncall import Rota, on_call
from escalation.rules.policy import Rung
from incidents.models import Incident
from process.schema import Chain, ChainLevel, ChainName, Priority


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
        rule = chain.level(level)
        priority = Priority(incident.priority)
        everyone_from = rule.call_everyone_from
        return Rung(
            level=level,
            reachable=self.reachable(rule.role),
            at_once=rule.call == "everyone" or (everyone_from is not None and priority.rank <= everyone_from.rank),
            wait_min=rule.acknowledge_within_min.for_(priority),
            is_last=level == chain.top,
        ).beginning_with(incident.assignee_id)

    def rungs_from(self, chain: Chain, level: int, incident: Incident) -> Iterator[Rung]:
        """The rungs from a level to the top, each looked up when it is asked for."""
        return (self.rung(chain, number, incident) for number in range(level, chain.top + 1))


def is_released(incident: Incident, chain: ChainName, rung: ChainLevel) -> bool:
    """Whether going up to a rung takes the incident off its assignee: the functional chain gives it to those who hold
    the rung's role (P-5.1)."""
    assignee = incident.assignee if chain is ChainName.FUNCTIONAL else None
    return assignee is not None and rung.role not in roles_of(assignee)
