"""The forecast, with the words that explain it: which promises will break, how good that was, how much will come in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import sqrt

from django.utils.translation import gettext as _

from core.clock import ZURICH
from figures.learning import Group, groups_of
from figures.models import Calibration, DayTally, Odds
from figures.rules.ages import CANTON
from figures.rules.odds import Bin, Table, estimate
from figures.vocabulary import Vocabulary, vocabulary
from process.rules.calendar import public_holidays
from process.selectors import document
from sla.models import Clock
from sla.selectors import seconds_used

WEEKS = 8
FEWEST_WEEKS = 3
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chance:
    """The probability that a clock breaks, None with too little history; of `reached` like ones `broken` did."""

    value: float | None
    reached: int
    broken: int
    like: str
    words: str


@dataclass(frozen=True, slots=True)
class Quality:
    """How the forecast did on history it had not seen; Brier scores: lower is better, `baseline` says the average."""

    brier: float | None
    baseline: float | None
    n: int
    bins: list[Bin]
    trained_until: datetime | None
    measured_at: datetime


@dataclass(frozen=True, slots=True)
class Hour:
    """Expected arrivals in the hour from `at` on, with a spread that holds four in five; `samples` past hours.

    `holiday`: the day is one in the canton of Zürich, and the figure that of past Sundays. None: too few samples.
    """

    at: datetime
    expected: float | None
    low: float | None
    high: float | None
    samples: int
    holiday: bool


def chances(clocks: Iterable[Clock], *, now: datetime) -> dict[int, Chance]:
    """The forecast of each clock by its primary key; broken and stopped ones are left out. `incident` is read along."""
    asked = [clock for clock in clocks if clock.stopped_at is None and clock.breached_at is None]
    if not asked:
        return {}
    tables, words = _tables(), vocabulary()
    return {clock.pk: _chance(clock, tables, words, now) for clock in asked}


def _tables() -> dict[Group, Table]:
    return {
        Group(row.clock, row.priority, row.dimension, row.value): Table(list(row.reached), row.broken)
        for row in Odds.objects.all()
    }


def _chance(clock: Clock, tables: dict[Group, Table], words: Vocabulary, now: datetime) -> Chance:
    incident = clock.incident
    team = incident.team.key if incident.team else ""
    narrow, wide = groups_of(clock.kind, incident.priority, category=incident.category, team=team)
    rules = document(incident.process_version_id)
    canton = incident.school.canton if incident.school else None
    used = seconds_used(clock, document=rules, canton=canton, now=now) / max(1, clock.target_s)
    near, far = ([tables.get(group, Table.empty()) for group in some] for some in (narrow, wide))
    found = estimate(near, far, used)
    if found is None:
        return Chance(None, 0, 0, "", _("Zu wenige ähnliche Fälle für eine Vorhersage."))
    place, told = found
    sentence = _("Von %(reached)s ähnlichen, die so weit waren, wurden %(broken)s verletzt.")
    said = sentence % {"reached": told.reached, "broken": told.broken}
    return Chance(told.value, told.reached, told.broken, _like([*narrow, *wide][place], words), said)


def _like(group: Group, words: Vocabulary) -> str:
    """What made the cases alike."""
    parts = [words.label("clock", group.clock)]
    if group.priority:
        parts.append(words.label("priority", group.priority))
    if group.dimension:
        parts.append(words.label(group.dimension, group.value))
    return " · ".join(parts)


def quality() -> Quality | None:
    """How good the forecast was when it was last measured; None before the first night."""
    row = Calibration.objects.first()
    if row is None:
        return None
    found = [Bin(**entry) for entry in row.bins]
    return Quality(row.brier, row.baseline, row.n, found, row.trained_until, row.measured_at)


def load(*, now: datetime, days: int = 7) -> list[Hour]:
    """Expected arrivals per hour from the next full hour on, from the same local hour of the past eight weeks.

    Holidays are expected like Sundays, and past holidays stay out of what is expected of working days.
    """
    local = now.astimezone(ZURICH)
    past = _past_hours(local.date())
    first = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return [_expected((first + timedelta(hours=n)).astimezone(UTC), past) for n in range(days * 24)]


def _past_hours(today: date) -> dict[date, list[int]]:
    """Arrivals by hour of each past day since the figures begin; days without any count as quiet ones."""
    since = today - timedelta(weeks=WEEKS)
    rows = DayTally.objects.filter(dimension="", priority="", day__gte=since, day__lt=today)
    told = {row.day: row.hours for row in rows.only("day", "hours") if any(row.hours)}
    began = (
        DayTally.objects.filter(dimension="", priority="", arrivals__gt=0).order_by("day").values_list("day", flat=True)
    )
    oldest = max(since, began.first() or today)
    return {day: told.get(day, [0] * 24) for n in range((today - oldest).days) if (day := oldest + _DAY * n)}


def _expected(at: datetime, past: dict[date, list[int]]) -> Hour:
    local = at.astimezone(ZURICH)
    holiday = _is_holiday(local.date())
    samples = [hours[local.hour] for day, hours in past.items() if _weekday(day) == _weekday(local.date())]
    if len(samples) < FEWEST_WEEKS:
        return Hour(at, None, None, None, len(samples), holiday)
    mean = sum(samples) / len(samples)
    spread = 1.2816 * sqrt(_variance(samples, mean))
    return Hour(at, mean, max(0.0, mean - spread), mean + spread, len(samples), holiday)


def _variance(samples: list[int], mean: float) -> float:
    """Of counts; at least that of chance arrivals, or a few quiet weeks would promise a quiet hour for certain."""
    return max(mean, sum((value - mean) ** 2 for value in samples) / (len(samples) - 1))


def _weekday(day: date) -> int:
    return 6 if _is_holiday(day) else day.weekday()


def _is_holiday(day: date) -> bool:
    return day in public_holidays(CANTON, day.year)
