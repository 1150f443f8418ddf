"""Under which law a school stands, and who receives its report there. Pure.

An office of the city comes before that of the canton, and what the law of a place says before what its regime says in
general. Where something is not known the answer says what has to be found out, and never guesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from privacy.schema import Authority, Entry, Law, Regime, ReportRule, in_force


class Missing(StrEnum):
    """What has to be found out before one can say who receives a report."""

    KIND = "kind"
    CANTON = "canton"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A regime a school stands under, who receives its report there, and the rule for it."""

    regime: Regime
    authority: Authority | None
    rule: ReportRule | None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What of the law file it rests on."""
        return (self.regime, self.authority) if self.authority else (self.regime,)


@dataclass(frozen=True, slots=True)
class Standing:
    """All jurisdictions of a school; `missing` says what has to be found out first, None that all is known."""

    jurisdictions: tuple[Jurisdiction, ...] = ()
    missing: Missing | None = None


def regime_of(law: Law, school_kind: str | None, canton: str, city: str, at: datetime) -> Standing:
    """The regimes and authorities of a school, by the law in force at an instant.

    `school_kind` is a value of `SchoolKind`, `canton` two letters, `city` a name in any case. Raises ValueError for an
    instant without its time zone.
    """
    day = law.day_of(at)
    regime = next((entry for entry in in_force(law.regimes, day) if entry.applies_to == school_kind), None)
    if regime is None:
        return Standing(missing=Missing.KIND)
    combined = (law.regime(key, day) for key in regime.combines)
    leaves = [entry for entry in combined if entry is not None] if regime.combines else [regime]
    found = tuple(_jurisdiction(law, leaf, canton, city, day) for leaf in leaves)
    return Standing(found, _missing(law, found, canton, day))


def _jurisdiction(law: Law, regime: Regime, canton: str, city: str, day: date) -> Jurisdiction:
    here = [
        entry
        for entry in in_force(law.authorities, day)
        if regime.key in entry.regimes and _covers(entry, canton, city)
    ]
    nearest = sorted(here, key=lambda entry: (entry.city is None, entry.canton is None))
    rules = (entry.report for entry in nearest if entry.report is not None)
    return Jurisdiction(regime, nearest[0] if nearest else None, next(rules, regime.report))


def _covers(authority: Authority, canton: str, city: str) -> bool:
    if authority.canton is None:
        return True
    names = (authority.city or "").casefold().split("/")
    in_city = authority.city is None or bool({city.strip().casefold()} & {*names, "/".join(names)})
    return authority.canton == canton.strip().upper() and in_city


def _missing(law: Law, found: tuple[Jurisdiction, ...], canton: str, day: date) -> Missing | None:
    if all(entry.authority is not None for entry in found):
        return None
    known = {entry.canton for entry in in_force(law.authorities, day)}
    return Missing.AUTHORITY if canton.strip().upper() in known else Missing.CANTON
