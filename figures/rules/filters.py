"""What a page of figures is about: a period, one to compare with, and a value per dimension. Pure.

Dates are local days of Europe/Zurich. Everything stands in the address of the page, and what stands there is either
understood or refused with its field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

DIMENSIONS = ("priority", "category", "module", "school", "canton", "team", "channel", "kind")
CLOCK = "clock"
LONGEST_DAYS = 800
EARLIEST = date(2000, 1, 1)
COMPARES = ("previous", "year", "none")
NAMED = ("7d", "30d", "90d", "365d", "week", "month", "quarter", "last_week", "last_month", "last_quarter")
DEFAULT = "30d"
OF_TIME = ("period", "from", "to", "compare", "compare_from", "compare_to")
PARAMETERS = frozenset({*OF_TIME, CLOCK, *DIMENSIONS})
_DAY = timedelta(days=1)


class Refused(Exception):
    """Parameters that mean nothing: name → code of what is wrong with it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {code}" for name, code in errors.items()))
        self.errors = dict(errors)


class Period(NamedTuple):
    """Local days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """As many days just before."""
        return Period(self.first - timedelta(days=self.days), self.first - _DAY)

    def year_ago(self) -> Period:
        """The same weekdays 52 weeks earlier: Mondays are compared with Mondays."""
        return Period(self.first - timedelta(weeks=52), self.last - timedelta(weeks=52))


@dataclass(frozen=True, slots=True)
class Filters:
    """`where` holds what is set: a value per dimension, and `clock`. `named` is the period's name, empty for dates."""

    period: Period
    against: Period | None
    compare: str = "previous"
    named: str = ""
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def cut(self) -> dict[str, str]:
        """The dimensions that are set, without the clock."""
        return {name: value for name, value in self.where.items() if name != CLOCK}

    @property
    def clock(self) -> str:
        """The clock figures are about; empty: all."""
        return self.where.get(CLOCK, "")

    def also(self, **values: str) -> Filters:
        """Narrowed further."""
        return replace(self, where={**self.where, **values})

    def over(self, period: Period) -> Filters:
        """The same for another period, compared with nothing."""
        return replace(self, period=period, against=None, compare="none", named="")

    def query(self, **changes: str | None) -> str:
        """The address's query; `changes` set parameters, or with None take them out."""
        told: dict[str, str | None] = {"period": self.named} if self.named else self._dates()
        if self.compare == "custom" and self.against is not None:
            first, last = self.against
            told |= {"compare_from": first.isoformat(), "compare_to": last.isoformat()}
        elif self.compare != COMPARES[0]:
            told["compare"] = self.compare
        told |= dict(self.where)
        if "period" in changes:
            told |= {"from": None, "to": None}
        return urlencode([(name, value) for name, value in {**told, **changes}.items() if value])

    def _dates(self) -> dict[str, str | None]:
        return {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}


def parse(
    query: Mapping[str, list[str]],
    *,
    known: Mapping[str, Iterable[str]],
    today: date,
    extra: frozenset[str] = frozenset(),
) -> Filters:
    """The filters a query asks for; empty values count as not given. `known` holds the values of each dimension.

    Raises Refused, whose codes are: unknown (no such parameter or value), twice, date, order, future, early, long,
    missing (the other end of a period), both (a named period and dates).
    """
    errors = {name: "unknown" for name in query if name not in PARAMETERS | extra}
    errors |= {name: "twice" for name, values in query.items() if name in PARAMETERS and len(values) > 1}
    told = {name: values[0] for name, values in query.items() if name in PARAMETERS and values and values[0]}
    where = {name: told[name] for name in (*DIMENSIONS, CLOCK) if name in told}
    errors |= {name: "unknown" for name, value in where.items() if value not in set(known[name])}
    period = _period(told, today, errors)
    against = _against(told, period, errors)
    if errors:
        raise Refused(errors)
    compare = "custom" if "compare_from" in told else told.get("compare", COMPARES[0])
    named = "" if "from" in told else told.get("period", DEFAULT)
    return Filters(period, against, compare, named, where)


def named_period(name: str, today: date) -> Period:
    """A period by its name, ending today or, when it is a `last_` one, before the present one began."""
    if name.endswith("d"):
        return Period(today - timedelta(days=int(name[:-1]) - 1), today)
    first = _begin(name.removeprefix("last_"), today)
    if not name.startswith("last_"):
        return Period(first, today)
    return Period(_begin(name.removeprefix("last_"), first - _DAY), first - _DAY)


def _begin(unit: str, day: date) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(month=day.month if unit == "month" else (day.month - 1) // 3 * 3 + 1, day=1)


def _period(told: Mapping[str, str], today: date, errors: dict[str, str]) -> Period:
    if "from" in told or "to" in told:
        if "period" in told:
            errors["period"] = "both"
        return _dates(told, "from", "to", errors, latest=today)
    name = told.get("period", DEFAULT)
    if name not in NAMED:
        errors["period"] = "unknown"
        name = DEFAULT
    return named_period(name, today)


def _against(told: Mapping[str, str], period: Period, errors: dict[str, str]) -> Period | None:
    if "compare_from" in told or "compare_to" in told:
        if "compare" in told:
            errors["compare"] = "both"
        return _dates(told, "compare_from", "compare_to", errors, latest=period.last)
    compare = told.get("compare", COMPARES[0])
    if compare not in COMPARES:
        errors["compare"] = "unknown"
    return {"previous": period.before, "year": period.year_ago}[compare]() if compare in COMPARES[:2] else None


def _dates(told: Mapping[str, str], since: str, until: str, errors: dict[str, str], *, latest: date) -> Period:
    first, last = (_date(name, told, errors, latest) for name in (since, until))
    if first is None or last is None:
        return Period(latest, latest)
    period = Period(first, last)
    if period.days < 1:
        errors[since] = "order"
    elif period.days > LONGEST_DAYS:
        errors[since] = "long"
    return period


def _date(name: str, told: Mapping[str, str], errors: dict[str, str], latest: date) -> date | None:
    if name not in told:
        errors[name] = "missing"
        return None
    try:
        found = date.fromisoformat(told[name])
    except ValueError:
        errors[name] = "date"
        return None
    if not EARLIEST <= found <= latest:
        errors[name] = "early" if found < EARLIEST else "future"
    return found
