"""Promises about to break, with what one can do about each at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.charts.words import words_of
from console.rings import Ring, ring_of
from console.sla.asked import Asked
from directory.models import Person
from figures.selectors import HORIZONS, Risk, at_risk
from incidents.rules.states import Verb
from incidents.selectors import visible_to
from lifecycle.access import actions_of

WORDS = {
    "30min": gettext_lazy("Nächste 30 Minuten"),
    "2h": gettext_lazy("Nächste 2 Stunden"),
    "today": gettext_lazy("Heute"),
}
USUAL = "2h"
MOST = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A promise about to break. `acts` are verbs with one click, the most useful first."""

    risk: Risk
    ring: Ring
    acts: list[str]

    @property
    def chance_words(self) -> str:
        """The probability that it breaks."""
        return words_of(self.risk.chance.value, "ratio")


@dataclass(frozen=True, slots=True)
class Shown:
    """The list of one horizon, and how many each horizon holds."""

    tabs: list[tuple[str, str, int, bool]]
    rows: list[Row]
    count: int
    word: Any

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, self.count - len(self.rows))


def errors_of(asked: Asked) -> dict[str, str]:
    """What is wrong with the horizon in the address."""
    chosen = asked.extra.get("horizon", USUAL)
    return {} if chosen in HORIZONS else {"horizon": _("Diesen Wert gibt es nicht.")}


def at_risk_of(person: Person, asked: Asked) -> Shown:
    """The list for somebody: nothing they may not see, no button they may not press."""
    horizon: Any = asked.extra.get("horizon", USUAL)
    found = at_risk(asked.filters, now=asked.now, horizon=horizon, limit=MOST)
    seen = set(
        visible_to(person).filter(pk__in=[risk.clock.incident_id for risk in found.rows]).values_list("pk", flat=True)
    )
    may = actions_of(person)
    rows = [
        Row(risk, ring_of(risk.clock, asked.now), _acts(risk, person, may))
        for risk in found.rows
        if risk.clock.incident_id in seen
    ]
    tabs = [(asked.url(horizon=name), str(WORDS[name]), found.counts[name], name == horizon) for name in HORIZONS]
    return Shown(tabs, rows, found.counts[horizon], WORDS[horizon])


def _acts(risk: Risk, person: Person, may: frozenset[str]) -> list[str]:
    incident = risk.clock.incident
    acts = []
    if incident.acknowledged_at is None or incident.assignee_id is None:
        acts.append(Verb.ACKNOWLEDGE)
    elif incident.assignee_id != person.pk:
        acts.append(Verb.ASSIGN)
    acts.append(Verb.ESCALATE)
    return [str(act) for act in acts if act in may]
