"""Lives made up by dice: after every step, with sweeps in between, the stored clocks are what the log says (R1)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

import pytest

from core.models import Event
from incidents.models import OPEN_VALUES, Incident, PriorityProposal
from lifecycle import finish, manual_due, ranking, respond, tick
from lifecycle.errors import Forbidden, Invalid, WrongState
from sla.models import Clock
from sla.selectors import differences
from tests.company import Company

LEVELS = ("high", "medium", "low")
HOUR = timedelta(hours=1)


class Life:
    """An incident and what may happen to it next."""

    def __init__(self, company: Company, now: datetime, seed: int) -> None:
        self.company, self.dice = company, Random(seed)
        self.now = now + timedelta(microseconds=self.dice.randrange(10**6))
        self.incident = company.incident(
            urgency=self.dice.choice(LEVELS), impact=self.dice.choice(LEVELS), now=self.now
        )

    def goes_on(self) -> None:
        """Time passes, the sweeper mostly looks in, somebody does something, sensible or not."""
        self.now += self.dice.choice((HOUR / 6, HOUR, 5 * HOUR, 25 * HOUR)) * self.dice.random()
        if self.dice.random() < 0.6:
            tick.sweep(now=self.now)
        verb = self.dice.choice((self.acknowledge, self.hold, self.resume, self.rank, self.fix, self.unfix, self.end))
        with suppress(Invalid, Forbidden, WrongState):
            verb()

    def acknowledge(self) -> None:
        self._do(self.dice.choice((respond.acknowledge, respond.start)))

    def hold(self) -> None:
        self._do(respond.hold, reason="awaiting_reporter", message="Was?", until=self._ahead(60))

    def resume(self) -> None:
        self._do(respond.resume)

    def rank(self) -> None:
        levels = {"urgency": self.dice.choice(LEVELS), "impact": self.dice.choice(LEVELS)}
        self._do(ranking.set_priority, **levels, reason="Neu beurteilt")
        self._do(ranking.confirm_priority, who="pm")

    def fix(self) -> None:
        clock = self.dice.choice(("response", "resolution"))
        self._do(manual_due.set_due, clock=clock, due_at=self._ahead(self.dice.choice((3, 50))), reason="Vereinbart")

    def unfix(self) -> None:
        self._do(manual_due.set_due, clock="resolution", due_at=None, reason="Doch nicht")

    def end(self) -> None:
        with suppress(WrongState):
            self._do(finish.resolve, code="solved_permanently", text="Behoben")
        if self.dice.random() < 0.8:
            self.now += self.dice.random() * 30 * HOUR
            self._do(finish.reopen, reason="Wieder da")

    def _ahead(self, hours: int) -> datetime:
        return self.now + (0.01 + self.dice.random()) * hours * HOUR

    def _do(self, verb: Callable[..., object], *, who: str = "lead", **facts: object) -> None:
        verb(self.incident.number, by=self.company.by(who), now=self.now, **facts)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_clocks_agree_with_the_log_and_a_breach_is_announced_once(
    company: Company, now: datetime, seed: int
) -> None:
    life = Life(company, now, seed)
    for _step in range(12):
        life.goes_on()
        assert differences([life.incident.pk]) == []
        is_open = Incident.objects.get().status in OPEN_VALUES
        assert is_open or not PriorityProposal.objects.exists()
    tick.sweep(now=life.now + timedelta(days=300))
    assert differences([life.incident.pk]) == []
    for clock in Clock.objects.all():
        announced = Event.objects.filter(kind="sla.breached", data__clock=clock.kind).count()
        assert announced == (1 if clock.breached_at else 0)
