"""Facts of incidents, derived from their sealed events and their clocks. The same input gives the same rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from core.clock import ZURICH
from core.models import Event, EventSeal
from directory.models import Module, Team
from figures.models import ClockFact, Fact
from figures.rules.causes import cause_of, was_kept_at_first
from figures.rules.story import Story, Told, fold
from sla.models import Clock

KINDS = ("incident.", "sla.")


@dataclass(frozen=True, slots=True)
class Derived:
    """The rows of one incident, unsaved."""

    fact: Fact
    clocks: list[ClockFact]


@dataclass(frozen=True, slots=True)
class Names:
    """Keys of modules and teams, which events name by number."""

    modules: dict[int, str]
    teams: dict[int, str]

    @classmethod
    def load(cls) -> Names:
        """As they are today: a key never changes its meaning."""
        return cls(dict(Module.objects.values_list("pk", "key")), dict(Team.objects.values_list("pk", "key")))


def derive(incident_ids: Collection[int], *, up_to: int | None = None) -> dict[int, Derived]:
    """The facts of these incidents. Events without a seal do not count yet; `up_to` is the last seal that does."""
    names, clocks = Names.load(), _clocks(incident_ids)
    stories = ((pk, fold(log)) for pk, log in _logs(incident_ids, up_to).items())
    return {pk: _rows(pk, story, clocks[pk], names) for pk, story in stories if story is not None}


def _logs(incident_ids: Collection[int], up_to: int | None) -> dict[int, list[Told]]:
    seals = EventSeal.objects.filter(event_id=OuterRef("pk"))
    if up_to is not None:
        seals = seals.filter(seq__lte=up_to)
    rows = (
        Event.objects.filter(Exists(seals), subject_type="incident", subject_id__in=incident_ids)
        .order_by("id")
        .values_list("subject_id", "kind", "at", "actor_kind", "actor_id", "data")
    )
    logs: dict[int, list[Told]] = defaultdict(list)
    for subject, kind, *rest in rows:
        if kind.startswith(KINDS):
            logs[subject].append(Told(kind, *rest))
    return logs


def _clocks(incident_ids: Collection[int]) -> dict[int, list[Clock]]:
    found: dict[int, list[Clock]] = defaultdict(list)
    for clock in Clock.objects.filter(incident_id__in=incident_ids).order_by("incident_id", "kind"):
        found[clock.incident_id].append(clock)
    return found


def _rows(pk: int, story: Story, clocks: list[Clock], names: Names) -> Derived:
    cut = _dimensions(story, names)
    local = story.reported_at.astimezone(ZURICH)
    fact = Fact(
        incident_id=pk,
        **cut,
        reported_at=story.reported_at,
        reported_day=local.date(),
        reported_hour=local.hour,
        acknowledged_day=_day(story.acknowledged_at),
        first_resolved_day=_day(story.first_resolved_at),
        ended_day=_day(story.ended_at),
        is_open=story.is_open,
        is_cancelled=story.is_cancelled,
        is_escalated_functional="functional" in story.climbed,
        is_escalated_management="management" in story.climbed,
        is_downgraded_late=story.is_downgraded_late,
        is_first_contact=story.is_first_contact,
        reopened=story.reopened,
        **_durations(story),
    )
    return Derived(fact, [_clock_row(pk, story, clock, cut) for clock in clocks])


def _dimensions(story: Story, names: Names) -> dict[str, str]:
    told = story.values
    return {
        "priority": told["priority"],
        "category": told.get("category", ""),
        "module": names.modules.get(told.get("module") or 0, ""),
        "school": str(told.get("school") or ""),
        "canton": story.canton,
        "team": names.teams.get(told.get("team") or 0, ""),
        "channel": told.get("channel", ""),
        "kind": story.kind,
    }


def _durations(story: Story) -> dict[str, int | None]:
    """Seconds each step took, None where it was not taken. A claimed instant that lies in the future counts as now."""
    response, resolution = story.stops.get("response"), story.stops.get("resolution")
    answered, resolved = story.acknowledged_at, story.resolved_at
    began = min(story.observed_at or story.reported_at, story.reported_at)
    restored = story.stops.get("restore")
    return {
        "detect_s": _between(began, story.recorded_at) if story.observed_at is not None else None,
        "ack_s": _between(story.reported_at, answered),
        "ack_business_s": response.used_s if answered and response else None,
        "restore_s": _between(began, restored.at if restored else resolved) if story.kind == "major" else None,
        "resolve_s": _resolve_s(story),
        "resolve_business_s": resolution.last_used_s if resolved and resolution else None,
    }


def _resolve_s(story: Story) -> int | None:
    span = _between(story.reported_at, story.resolved_at)
    if span is None or story.resolved_at is None:
        return None
    return max(0, span - story.held_s(story.resolved_at, only_pausing=True))


def _clock_row(pk: int, story: Story, clock: Clock, cut: dict[str, str]) -> ClockFact:
    stop, breached_at = story.stops.get(clock.kind), clock.breached_at
    broke_first = breached_at is not None and not was_kept_at_first(story, clock.kind)
    outcome, decided_at = "", None
    if broke_first:
        outcome, decided_at = "breached", breached_at
    elif stop is not None and stop.state == "met":
        outcome, decided_at = "met", stop.at
    cause = ""
    if breached_at is not None:
        cause = cause_of(story, clock.kind, breached_at=breached_at, of_clock=clock.breach_cause)
    return ClockFact(
        incident_id=pk,
        clock=clock.kind,
        **cut,
        outcome=outcome,
        decided_at=decided_at,
        decided_day=_day(decided_at),
        cause=cause,
        breached_day=_day(breached_at),
        target_s=clock.target_s,
        used_s=stop.used_s if stop else None,
    )


def _between(since: datetime, until: datetime | None) -> int | None:
    return None if until is None else max(0, int((until - since).total_seconds()))


def _day(instant: datetime | None) -> date | None:
    return instant.astimezone(ZURICH).date() if instant else None
