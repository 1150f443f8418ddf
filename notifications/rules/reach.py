"""How a person wants to be reached: which channels for what is urgent, which for the rest, and when they want quiet.

Kept as JSON on the person, so that queueing a message asks nothing more of the database. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.rules.workhours import from_wall

EVERY_DAY = frozenset(range(7))
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which only what is urgent comes: wall times, past midnight when `end` is the earlier one.

    `days` are the weekdays on which they begin, 0 is Monday. `start` and `end` differ, so they are over once a day.
    """

    start: time
    end: time
    days: frozenset[int] = EVERY_DAY

    def over_at(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet hours that hold `at` end; None when it is not quiet."""
        today = at.astimezone(zone).date()
        for day in (today - _DAY, today):
            if day.weekday() not in self.days:
                continue
            last = day if self.end > self.start else day + _DAY
            begin = from_wall(datetime.combine(day, self.start), zone)
            end = from_wall(datetime.combine(last, self.end), zone)
            if begin <= at < end:
                return end
        return None


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person chose. `places` are the channels they have registered something at: a device, an address."""

    urgent: frozenset[str] = frozenset({"email"})
    other: frozenset[str] = frozenset({"email"})
    quiet: Quiet | None = None
    places: frozenset[str] = frozenset()

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Reach:
        """What `stored()` wrote; nothing stored is the default."""
        if not stored:
            return DEFAULT
        quiet = stored.get("quiet")
        return cls(
            urgent=frozenset(stored.get("urgent", DEFAULT.urgent)),
            other=frozenset(stored.get("other", DEFAULT.other)),
            quiet=Quiet(time.fromisoformat(quiet["start"]), time.fromisoformat(quiet["end"]), frozenset(quiet["days"]))
            if quiet
            else None,
            places=frozenset(stored.get("places", ())),
        )

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        quiet = self.quiet
        return {
            "urgent": sorted(self.urgent),
            "other": sorted(self.other),
            "quiet": {"start": f"{quiet.start:%H:%M}", "end": f"{quiet.end:%H:%M}", "days": sorted(quiet.days)}
            if quiet
            else None,
            "places": sorted(self.places),
        }

    def chosen(self, *, is_urgent: bool) -> frozenset[str]:
        """The channels that may be used beside the app."""
        return self.urgent if is_urgent else self.other

    def with_place(self, channel: str) -> Reach:
        """Something was registered there; whoever does so wants urgent messages by it."""
        return replace(self, places=self.places | {channel}, urgent=self.urgent | {channel})

    def without_place(self, channel: str) -> Reach:
        """Nothing is registered there any more. The choice stays for the day something is again."""
        return replace(self, places=self.places - {channel})


DEFAULT = Reach()
