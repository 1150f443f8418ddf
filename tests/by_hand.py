"""The figures of the SLA dashboard once more, by somebody who read the formulas and has only the log.

Plain Python over raw rows of `core_event`; nothing of `figures` is imported. Slow on purpose: every figure is a
sentence over the events of each incident.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZURICH = ZoneInfo("Europe/Zurich")
LIVE = {"new", "in_progress", "on_hold"}
ORDER = ["critical", "high", "medium", "low"]
CLOCKS = ("response", "resolution")


@dataclass
class Row:
    """A row of the log."""

    kind: str
    at: datetime
    actor_kind: str
    actor_id: str
    data: dict[str, Any]

    @property
    def set(self) -> dict[str, Any]:
        """The fields it changed."""
        return self.data.get("set") or {}


@dataclass
class Verdict:
    """What became of a clock in its first cycle, when, and why it ever broke."""

    outcome: str
    at: datetime | None
    cause: str
    broke_at: datetime | None


class Life:
    """One incident, asked event by event."""

    def __init__(self, rows: list[Row], modules: dict[int, str], teams: dict[int, str]) -> None:
        self.rows = rows
        self.names = {"module": modules, "team": teams}
        self.reported = _instant(rows[0].set.get("reported_at")) or rows[0].at

    def last(self, field: str) -> Any:
        """The value a field was last given."""
        return next((row.set[field] for row in reversed(self.rows) if field in row.set), None)

    def dimension(self, name: str) -> str:
        """What the incident is cut by."""
        if name == "kind":
            return "flood" if self.last("is_flood") else "major" if self.last("is_major") else "single"
        if name == "canton":
            return next((row.data["canton"] or "" for row in reversed(self.rows) if "canton" in row.data), "")
        value = self.last(name)
        return self.names[name].get(value or 0, "") if name in self.names else str(value or "")

    def turned(self, *statuses: str) -> list[datetime]:
        """When it came into one of these states."""
        return [row.at for row in self.rows if row.set.get("status") in statuses]

    @property
    def ended(self) -> datetime | None:
        """When it was last resolved or cancelled, while it is over."""
        return None if self.last("status") in LIVE else self.turned("resolved", "cancelled")[-1]

    @property
    def resolved(self) -> datetime | None:
        """When it was last resolved, while it is."""
        return self.turned("resolved")[-1] if self.last("status") in ("resolved", "closed") else None

    @property
    def taken(self) -> datetime | None:
        """When somebody took it on."""
        return next((r.at for r in self.rows if r.set.get("acknowledged_at") and r.actor_kind == "person"), None)

    def waits(self, until: datetime, *, pausing: bool) -> int:
        """Seconds on hold until then, all or only those that stop the clock."""
        seconds, since = 0, None
        for row in [*self.rows, Row("end", until, "", "", {"set": {"status": "end"}})]:
            if "status" not in row.set:
                continue
            if since is not None:
                seconds += max(0, int((min(row.at, until) - since).total_seconds()))
            counts = row.set["status"] == "on_hold" and (not pausing or row.data.get("pauses", True))
            since = row.at if counts else None
        return seconds

    def stops(self, clock: str) -> list[Row]:
        """When a clock stopped; a cancelled stop that was followed by another one does not count."""
        found = [row for row in self.rows if row.kind == "sla.stopped" and row.data["clock"] == clock]
        while len(found) > 1 and found[0].data["state"] == "cancelled":
            found.pop(0)
        return found

    def verdict(self, clock: str) -> Verdict:
        """The first cycle of a promise, and the cause of its breach."""
        stops = self.stops(clock)
        breach = next((r for r in self.rows if r.kind == "sla.breached" and r.data["clock"] == clock), None)
        kept = bool(stops) and stops[0].data["state"] == "met"
        if breach is None:
            return Verdict("met", stops[0].at, "", None) if kept else Verdict("", None, "", None)
        broke_at = _instant(breach.data["breached_at"])
        assert broke_at is not None
        cause = self._cause(clock, breach.data["cause"], broke_at, kept=kept)
        return Verdict("met", stops[0].at, cause, broke_at) if kept else Verdict("breached", broke_at, cause, broke_at)

    def _cause(self, clock: str, told: str, broke_at: datetime, *, kept: bool) -> str:
        if told == "reclassified":
            return told
        if kept:
            return "reopened"
        span = (broke_at - self.reported).total_seconds()
        if clock == "response" or self.taken is None or (self.taken - self.reported).total_seconds() > span / 2:
            return "late_start"
        return "waiting" if self.waits(broke_at, pausing=False) * 4 >= span else "overdue"

    def climbed(self, chain: str) -> bool:
        """Whether it went up a chain."""
        return any(row.kind == "incident.escalated" and row.data["chain"] == chain for row in self.rows)

    @property
    def reopened(self) -> int:
        """How often."""
        return sum(row.kind == "incident.reopened" for row in self.rows)

    @property
    def at_first_contact(self) -> bool:
        """Resolved by the first person, at once and for good."""
        end = next(place for place, row in enumerate(self.rows) if row.set.get("status") == "resolved")
        story = self.rows[: end + 1]
        people = {
            str(row.set[name]) for row in story for name in ("assignee", "service_desk_agent") if row.set.get(name)
        }
        by_person = self.rows[end].actor_kind == "person"
        people |= {self.rows[end].actor_id} if by_person else set()
        disturbed = any(row.kind == "incident.answered" or row.set.get("status") == "on_hold" for row in story)
        passed_on = self.climbed("functional") or self.climbed("management")
        return by_person and len(people) == 1 and not disturbed and not self.reopened and not passed_on

    @property
    def lowered_late(self) -> bool:
        """Whether its priority fell while three quarters of an open promise were used up."""
        hot: set[str] = set()
        priority = None
        for row in self.rows:
            if row.kind == "sla.breached" or (row.kind == "sla.checkpoint" and row.data["percent"] >= 75):
                hot.add(row.data["clock"])
            if row.kind == "sla.stopped":
                hot.discard(row.data["clock"])
            if "priority" in row.set:
                if priority and hot and ORDER.index(row.set["priority"]) > ORDER.index(priority):
                    return True
                priority = row.set["priority"]
        return False


def lives(log: Iterable[tuple[int, Row]], modules: dict[int, str], teams: dict[int, str]) -> list[Life]:
    """The incidents of a log whose rows come in their order."""
    by_subject: dict[int, list[Row]] = {}
    for subject, row in log:
        by_subject.setdefault(subject, []).append(row)
    return [Life(rows, modules, teams) for rows in by_subject.values() if rows[0].kind == "incident.opened"]


def figures(found: list[Life], first: date, last: date) -> dict[str, float | None]:
    """Every figure of a period, by key."""

    def within(instant: datetime | None) -> bool:
        return instant is not None and first <= _day(instant) <= last

    came = [life for life in found if within(life.reported)]
    solved = [life for life in found if life.turned("resolved") and within(life.turned("resolved")[0])]
    called = [life for life in solved if life.last("channel") != "monitoring"]
    gone = [life for life in found if within(life.ended)]
    verdicts = {clock: [v for life in found if within((v := life.verdict(clock)).at)] for clock in CLOCKS}
    told: dict[str, float | None] = {
        "arrivals": len(came),
        "closures": len(gone),
        "backlog_change": len(came) - len(gone),
        "majors": sum(life.dimension("kind") == "major" for life in came),
        "downgraded_late": sum(life.lowered_late for life in came),
        "loops": sum(life.reopened > 1 for life in solved),
        "escalated_functional": _share(came, lambda life: life.climbed("functional")),
        "escalated_management": _share(came, lambda life: life.climbed("management")),
        "reopened": _share(solved, lambda life: life.reopened > 0),
        "first_contact": _share(called, lambda life: life.at_first_contact),
        "attainment": _share([v for some in verdicts.values() for v in some], lambda v: v.outcome == "met"),
        **{f"attainment_{clock}": _share(some, lambda v: v.outcome == "met") for clock, some in verdicts.items()},
    }
    told |= _statistics("mttd", [s for life in came if (s := _detected(life)) is not None])
    taken = [life for life in found if within(life.taken)]
    told |= _statistics("mtta", [_seconds(life.reported, life.taken) for life in taken])
    told |= _statistics("mtta_business", [life.stops("response")[0].data["elapsed_s"] for life in taken])
    ready = [life for life in gone if life.resolved is not None]
    majors = [life for life in ready if life.dimension("kind") == "major"]
    told |= _statistics("time_to_restore", [_seconds(_began(life), life.resolved) for life in majors])
    waited = [
        max(0, _seconds(life.reported, life.resolved) - life.waits(life.resolved, pausing=True))
        for life in ready
        if life.resolved
    ]
    told |= _statistics("time_to_resolve", waited)
    used = [life.stops("resolution")[-1].data["elapsed_s"] for life in ready]
    return told | _statistics("time_to_resolve_business", used)


def causes(found: list[Life], first: date, last: date) -> Counter[tuple[str, str]]:
    """Breaches of a period by cause and clock."""
    verdicts = [(clock, life.verdict(clock)) for life in found for clock in CLOCKS]
    return Counter((v.cause, clock) for clock, v in verdicts if v.broke_at and first <= _day(v.broke_at) <= last)


def hours(found: list[Life], first: date, last: date) -> Counter[tuple[int, int]]:
    """Reports of a period by weekday and local hour."""
    local = [life.reported.astimezone(ZURICH) for life in found]
    return Counter((at.weekday(), at.hour) for at in local if first <= at.date() <= last)


def backlog(found: list[Life], at_end_of: date) -> int:
    """What was open at the end of a day, of what ended for good later or never."""
    reported = [life for life in found if _day(life.reported) <= at_end_of]
    return sum(life.ended is None or _day(life.ended) > at_end_of for life in reported)


def _statistics(name: str, seconds: list[int]) -> dict[str, float | None]:
    ordered = sorted(seconds)
    if not ordered:
        return dict.fromkeys((f"{name}.mean", f"{name}.median", f"{name}.p90"))
    return {
        f"{name}.mean": sum(ordered) / len(ordered),
        f"{name}.median": ordered[(len(ordered) + 1) // 2 - 1],
        f"{name}.p90": ordered[-(-9 * len(ordered) // 10) - 1],
    }


def _detected(life: Life) -> int | None:
    return _seconds(_began(life), life.rows[0].at) if life.rows[0].data.get("observed_at") else None


def _began(life: Life) -> datetime:
    observed = _instant(life.rows[0].data.get("observed_at"))
    return min(observed, life.reported) if observed else life.reported


def _share(cases: list[Any], counts: Callable[[Any], bool]) -> float | None:
    return sum(counts(case) for case in cases) / len(cases) if cases else None


def _seconds(since: datetime, until: datetime | None) -> int:
    assert until is not None
    return max(0, (until - since) // timedelta(seconds=1))


def _day(instant: datetime) -> date:
    return instant.astimezone(ZURICH).date()


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def rows_of(cursor: Any) -> Iterator[tuple[int, Row]]:
    """The log of incidents as it lies in the database."""
    cursor.execute(
        "SELECT subject_id, kind, at, actor_kind, actor_id, data::text FROM core_event"
        " WHERE subject_type = 'incident' AND (kind LIKE 'incident.%%' OR kind LIKE 'sla.%%') ORDER BY id",
        [],
    )
    for subject, kind, at, actor_kind, actor_id, data in cursor.fetchall():
        yield subject, Row(kind, at, actor_kind, actor_id, _json(data))


def _json(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found
