"""Reads: a page with its components and notices as they stand, in five queries however much there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q

from core.clock import ZURICH
from incidents.models import OPEN_VALUES, Incident
from statuspage.models import Component, Notice, Page
from statuspage.rules.condition import DAYS, DOWN, MAINTENANCE, Day, Span, availability, days, state_at, worst

BARS = timedelta(days=DAYS)
PAST = timedelta(days=365)
"""How far the history goes back."""
RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ComponentState:
    """A component, how it is, and how it was according to the notices."""

    component: Component
    state: str
    bars: list[Day]
    available: float

    @property
    def word(self) -> str:
        """The state in the language that is active."""
        return str(Component.State(self.state).label)

    @property
    def hit(self) -> list[Day]:
        """The days of the bars on which it was away, in part or whole."""
        return [day for day in self.bars if day.state in DOWN]


@dataclass(frozen=True)
class Overview:
    """A page as it stands at an instant. `notices` are newest first and reach as far back as the history."""

    page: Page
    components: Sequence[Component]
    notices: Sequence[Notice]
    at: datetime

    @cached_property
    def spans(self) -> dict[int, list[Span]]:
        """What the notices say of each component."""
        found: dict[int, list[Span]] = defaultdict(list)
        for notice in self.notices:
            for entry in notice.affected.all():
                found[entry.component_id].append(Span(entry.state, notice.started_at, notice.ended_at))
        return found

    @cached_property
    def states(self) -> list[ComponentState]:
        """The components in their order."""
        since = self.at - BARS
        return [
            ComponentState(
                component,
                state_at(self.spans[component.pk], self.at),
                days(self.spans[component.pk], now=self.at, zone=ZURICH),
                availability(self.spans[component.pk], since=since, now=self.at),
            )
            for component in self.components
        ]

    @cached_property
    def open(self) -> list[Notice]:
        """What goes on now, disturbances first."""
        running = [notice for notice in self.notices if notice.ended_at is None and notice.started_at <= self.at]
        return sorted(running, key=lambda notice: notice.kind)

    @cached_property
    def planned(self) -> list[Notice]:
        """Maintenance ahead, the next first."""
        ahead = [notice for notice in self.notices if notice.ended_at is None and notice.started_at > self.at]
        return ahead[::-1]

    @property
    def recent(self) -> list[Notice]:
        """What ended within a week."""
        return [notice for notice in self.past if notice.ended_at and notice.ended_at > self.at - RECENT]

    @cached_property
    def past(self) -> list[Notice]:
        """What is over, newest first."""
        return [notice for notice in self.notices if notice.ended_at is not None]

    @property
    def months(self) -> list[tuple[date, list[Notice]]]:
        """What is over, by the month in which it began."""
        found: dict[date, list[Notice]] = defaultdict(list)
        for notice in self.past:
            found[notice.started_at.astimezone(ZURICH).date().replace(day=1)].append(notice)
        return list(found.items())

    @property
    def state(self) -> str:
        """The whole in one word: the worst component; `notice` when only a text says that something is wrong."""
        found = worst(entry.state for entry in self.states)
        disturbed = any(notice.kind == Notice.Kind.DISTURBANCE for notice in self.open)
        return "notice" if disturbed and found in ("operational", MAINTENANCE) else found


def pages() -> list[Page]:
    """All pages."""
    return list(Page.objects.all())


def page_of(slug: str) -> Page | None:
    """The page with that address."""
    return Page.objects.filter(slug=slug).first()


def active_components(page: Page) -> list[Component]:
    """What a page shows, in its order."""
    return list(page.components.filter(is_active=True).select_related("module"))


def overview(page: Page, *, now: datetime) -> Overview:
    """Everything the public reads of a page."""
    within = Q(ended_at=None) | Q(ended_at__gte=now - PAST)
    notices = page.notices.filter(within).prefetch_related("updates", "affected__component")
    return Overview(page, active_components(page), list(notices), now)


def notice_of(page: Page, pk: int) -> Notice | None:
    """A notice of a page, whatever its age."""
    return page.notices.filter(pk=pk).prefetch_related("updates", "affected__component").first()


def open_notice_for(incident: Incident) -> Notice | None:
    """The notice that tells the public of an incident and has not ended; the newest of several."""
    return Notice.objects.filter(incident=incident, ended_at=None).first()


def waiting_to_end() -> list[Notice]:
    """Open notices whose incident is over: somebody should say so, or that it is not."""
    return list(Notice.objects.filter(ended_at=None, incident__isnull=False).exclude(incident__status__in=OPEN_VALUES))
