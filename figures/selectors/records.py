"""The incidents behind a figure: exactly the cases it counts, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import ExtractIsoWeekDay
from django.utils.translation import gettext as _

from core.clock import ZURICH
from directory.models import Person
from figures.compute import RATIOS, need_of
from figures.formulas import FORMULAS, MEASURES
from figures.models import ClockFact, Fact
from figures.rules import ages
from figures.rules.causes import CAUSES
from figures.rules.filters import CLOCK, DIMENSIONS, Filters, Period
from figures.sums import MEASURES as DAY_OF
from figures.vocabulary import BadFilter
from incidents.models import Incident
from incidents.selectors import visible_to, with_record

BROKEN = "broken"
"""Not a figure but the list of breaches, by cause."""
COUNTED_TO = 10_000
PARTS = ("met", "breached", "counted")
CUTS = (*DIMENSIONS, CLOCK, "cause", "day", "week", "month", "hour", "weekday", "age", "part")
_DAY_OF_COUNT = {"closures": "ended_day", "reopened": "first_resolved_day", "loops": "first_resolved_day"} | {
    "first_contact": "first_resolved_day"
}
_COUNTED: dict[str, Q] = {
    "escalated_functional": Q(is_escalated_functional=True),
    "escalated_management": Q(is_escalated_management=True),
    "reopened": Q(reopened__gt=0),
    "first_contact": Q(is_first_contact=True),
}
_CASES: dict[str, Q] = {
    "first_contact": Q(is_first_contact__isnull=False),
    "majors": Q(kind="major"),
    "downgraded_late": Q(is_downgraded_late=True),
    "loops": Q(reopened__gt=1),
}


@dataclass(frozen=True, slots=True)
class Page:
    """Incidents, newest first, with the clocks that count; `next` is the mark of the next page.

    `total` is how many incidents there are; from `COUNTED_TO` on it is only known that there are more.
    """

    incidents: list[Incident]
    clocks: dict[int, list[ClockFact]]
    next: str
    total: int
    has_more: bool


def records(
    filters: Filters,
    key: str,
    *,
    person: Person,
    now: datetime,
    cut: Mapping[str, str] | None = None,
    after: str = "",
    size: int = 50,
) -> Page:
    """The incidents behind a figure, narrowed by what was clicked (`CUTS`). BadFilter names what makes no sense.

    `part` of attainment is `met` or `breached`, of other shares `counted` (those above the line). Stretches of days
    (`day`, `week`, `month`) are named by their first day.
    """
    told = dict(cut or {})
    _refuse_unknown(key, told)
    filters = filters.also(**{name: told[name] for name in (*DIMENSIONS, CLOCK) if name in told})
    filters = filters.over(_stretch(filters.period, told))
    cases = (
        _clock_cases(filters, key, told)
        if key == BROKEN or need_of(key) == "clocks"
        else _cases(filters, key, told, now)
    )
    pks = cases.order_by("-incident_id").values_list("incident_id", flat=True).distinct()
    total = len(pks[: COUNTED_TO + 1])
    if after:
        pks = pks.filter(incident_id__lt=_mark(after))
    page = list(pks[: size + 1])
    known = with_record(visible_to(person)).in_bulk(page[:size])
    mark = str(page[size - 1]) if len(page) > size else ""
    shown = [known[pk] for pk in page[:size] if pk in known]
    return Page(shown, _clocks_of(cases, page[:size]), mark, min(total, COUNTED_TO), total > COUNTED_TO)


def _refuse_unknown(key: str, told: Mapping[str, str]) -> None:
    errors = {name: _("Diesen Parameter gibt es hier nicht.") for name in told if name not in CUTS}
    if key != BROKEN and key not in FORMULAS:
        errors["figure"] = _("Diese Zahl gibt es nicht.")
    wanted = {"cause": CAUSES, "part": PARTS, "age": [name for name, _most in ages.BANDS]}
    errors |= {
        name: _("Diesen Wert gibt es nicht.") for name, known in wanted.items() if told.get(name, known[0]) not in known
    }
    for name, most in (("hour", 23), ("weekday", 6)):
        if name in told and not (told[name].isascii() and told[name].isdigit() and int(told[name][:3]) <= most):
            errors[name] = _("Erlaubt sind 0 bis %(most)s.") % {"most": most}
    if errors:
        raise BadFilter(errors)


def _stretch(period: Period, told: Mapping[str, str]) -> Period:
    """The days of the period that lie in the stretch that was clicked."""
    for name in ("day", "week", "month"):
        if name in told:
            try:
                first = date.fromisoformat(told[name])
            except ValueError:
                raise BadFilter({name: _("Erwartet wird ein Datum wie 2026-11-23.")}) from None
            last = {"day": first, "week": first + timedelta(days=6), "month": _end_of_month(first)}[name]
            period = Period(max(period.first, first), min(period.last, last))
    return period


def _end_of_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _cases(filters: Filters, key: str, told: Mapping[str, str], now: datetime) -> QuerySet[Any]:
    """The facts a figure counts."""
    rows = Fact.objects.filter(**filters.cut)
    if key in ("backlog", "oldest_age"):
        rows = rows.filter(is_open=True)
    elif key == "backlog_change":
        rows = rows.filter(Q(reported_day__range=filters.period) | Q(ended_day__range=filters.period))
    else:
        rows = rows.filter(**{f"{_day_of(key)}__range": filters.period}).filter(_CASES.get(key, Q()))
    measure = MEASURES.get(key.partition(".")[0])
    if measure is not None:
        rows = rows.filter(**{f"{measure}_s__isnull": False})
    if told.get("part") == "counted" and key in RATIOS:
        rows = rows.filter(_COUNTED[key])
    return _of_an_hour(_of_an_age(rows, told, now), told)


def _of_an_age(rows: QuerySet[Fact], told: Mapping[str, str], now: datetime) -> QuerySet[Fact]:
    if "age" not in told:
        return rows
    first, last = ages.bounds(told["age"], now.astimezone(ZURICH).date())
    rows = rows.filter(is_open=True, reported_day__lte=last)
    return rows if first is None else rows.filter(reported_day__gte=first)


def _of_an_hour(rows: QuerySet[Fact], told: Mapping[str, str]) -> QuerySet[Fact]:
    if "hour" in told:
        rows = rows.filter(reported_hour=int(told["hour"]))
    if "weekday" in told:
        rows = rows.annotate(weekday=ExtractIsoWeekDay("reported_day")).filter(weekday=int(told["weekday"]) + 1)
    return rows


def _day_of(key: str) -> str:
    measure = MEASURES.get(key.partition(".")[0])
    return DAY_OF[measure] if measure is not None else _DAY_OF_COUNT.get(key, "reported_day")


def _clock_cases(filters: Filters, key: str, told: Mapping[str, str]) -> QuerySet[Any]:
    """The clocks a share of promises counts, or (`broken`) those that broke, whenever they were decided."""
    rows = ClockFact.objects.filter(**filters.cut)
    clock = key.removeprefix("attainment").removeprefix("_") if key != BROKEN else ""
    if clock or filters.clock:
        rows = rows.filter(clock=clock or filters.clock)
    if "cause" in told:
        rows = rows.filter(cause=told["cause"])
    if key == BROKEN:
        return rows.filter(breached_day__range=filters.period)
    rows = rows.filter(decided_day__range=filters.period)
    return rows.filter(outcome=told["part"]) if told.get("part") in ("met", "breached") else rows


def _clocks_of(cases: QuerySet[Any], pks: list[int]) -> dict[int, list[ClockFact]]:
    found: dict[int, list[ClockFact]] = defaultdict(list)
    if cases.model is ClockFact:
        for row in cases.filter(incident_id__in=pks).order_by("clock"):
            found[row.incident_id].append(row)
    return dict(found)


def _mark(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadFilter({"after": _("Das ist keine Marke dieser Liste.")})
    return int(text)
