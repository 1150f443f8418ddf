"""The SLA dashboard at a million incidents: beside ten thousand, and beside an answer that counts nothing."""

from __future__ import annotations

import time
from contextlib import ExitStack
from statistics import median

from django.db import connection

from bench import figures_sql
from bench.dataset import Size, fill
from bench.inside import inside
from bench.pages import Rounds, take_times
from bench.report import Line, at_most
from bench.run import Run
from bench.timing import percentile, ratio
from core.clock import now
from core.sealing import seal
from directory.models import Person
from figures import services
from figures.models import Progress
from lifecycle.access import By
from lifecycle.intake import IncidentDraft, open_incident

GROWTH, BEYOND_MS, FRESH_S = 1.5, 150, 60
OPEN_PERCENT = 2
SELECTIONS = {
    "30 days": "",
    "30 days, one priority": "priority=high",
    "30 days, one category and priority": "category=software&priority=high",
    "30 days, one school": "school={school}",
    "90 days by week": "period=90d&by=week",
    "a year by month": "period=365d&by=month",
}
DEMANDED = 3
"""The first ones must not grow; longer periods and single schools have only to stay quick."""
FROM_FACTS = "category=availability&channel=email"
"""Two dimensions besides priority stand in no roll-up: costs what the period holds, and is measured to be known."""
BEAT_S = 5 + 10
"""Seals come every 5 seconds, the figures follow every 10."""


def measure(run: Run) -> list[Line]:
    """p95 of single requests in turn, then how long it takes until fifty new incidents are counted."""
    sizes = {"figures_small": 10_000, "figures_large": run.pick(1_000_000, 100_000)}
    built, followed, school = {}, {}, 0
    for name, size in sizes.items():
        with inside(run.house.clone(name)):
            fill(Size(size, OPEN_PERCENT, with_story=False))
            built[name] = _count_all()
            school = _a_school()
    with ExitStack() as stack:
        small = stack.enter_context(run.house.web("figures_small"))
        large = stack.enter_context(run.house.web("figures_large"))
        servers = {"large": large, "small": small, "bare": large}
        lines = []
        for place, (name, query) in enumerate(SELECTIONS.items()):
            path = f"/api/v1/sla/dashboard/?{query.format(school=school)}"
            times = take_times(run, servers, {"large": path, "small": path, "bare": "/api/v1/me/"}, is_api=True)
            lines += _lines(f"dashboard, {name}, at {sizes['figures_large']:,}", times, demanded=place < DEMANDED)
        path = f"/api/v1/sla/dashboard/?{FROM_FACTS}"
        times = take_times(run, servers, {"large": path, "small": path, "bare": "/api/v1/me/"}, is_api=True)
        lines.append(_known(f"dashboard, category and channel, at {sizes['figures_large']:,}", times))
    for name in sizes:
        with inside(name):
            followed[name] = _follow()
    behind = BEAT_S + followed["figures_large"]
    beside = f"at 10,000: {BEAT_S + followed['figures_small']:.1f} s"
    told = f"50 new incidents counted in {followed['figures_large']:.1f} s"
    return [
        *lines,
        at_most("figures are fresh after", told, beside, behind, FRESH_S, "s"),
        Line("roll-ups of a year, all anew", f"{built['figures_large']:.0f} s", f"{built['figures_small']:.1f} s", ""),
    ]


def _lines(what: str, rounds: Rounds, *, demanded: bool) -> list[Line]:
    p50 = {name: median(median(each[name]) for each in rounds) for name in rounds[0]}
    p95s = {name: [percentile(each[name], 0.95) for each in rounds] for name in rounds[0]}
    p95 = {name: median(values) for name, values in p95s.items()}
    told = {name: f"{p50[name]:.0f} / {p95[name]:.0f} ms" for name in rounds[0]}
    beyond = median(large - bare for large, bare in zip(p95s["large"], p95s["bare"], strict=True))
    growth, beside = ratio(p95s["large"], p95s["small"]), f"at 10,000: {told['small']}"
    return [
        at_most(what, told["large"], beside, growth, GROWTH)
        if demanded
        else Line(what, told["large"], beside, f"{growth:.3g} ×"),
        at_most("", "", f"an answer that counts nothing: {told['bare']}", beyond, BEYOND_MS, "ms beyond"),
    ]


def _known(what: str, rounds: Rounds) -> Line:
    p95 = {name: median(percentile(each[name], 0.95) for each in rounds) for name in rounds[0]}
    return Line(
        what, f"p95 {p95['large']:.0f} ms", f"at 10,000: {p95['small']:.0f} ms", f"{p95['large'] / p95['small']:.2g} ×"
    )


def _count_all() -> float:
    """Facts by SQL, roll-ups by the product; seconds of the latter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET statement_timeout = 0; SET session_replication_role = replica; SET synchronous_commit = off"
        )
        cursor.execute(figures_sql.FACTS)
        cursor.execute(figures_sql.CLOCKS)
        cursor.execute("VACUUM (ANALYZE) figures_fact")
        cursor.execute("VACUUM (ANALYZE) figures_clockfact")
        started = time.perf_counter()
        services.write_all_days()
        took = time.perf_counter() - started
        for table in figures_sql.TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    Progress.objects.update_or_create(pk=1, defaults={"seq": 0, "as_of": now()})
    connection.close()
    return took


def _a_school() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM directory_school")
        return int(cursor.fetchone()[0])


def _follow() -> float:
    """Seconds until fifty incidents that were just opened are in the figures, once their events are sealed."""
    by = By.of(Person.objects.get(username="support0"), via="api")
    while seal(now=now()) or services.follow(now=now()):
        pass
    for number in range(50):
        draft = IncidentDraft(
            channel="phone", symptom=f"Noten fehlen {number}", category="software", urgency="low", impact="low"
        )
        open_incident(draft, by=by, now=now())
    while seal(now=now()):
        pass
    started = time.perf_counter()
    while services.follow(now=now()):
        pass
    return time.perf_counter() - started
