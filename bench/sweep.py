"""The sweeper over 100 000 running clocks: what it costs must follow what is due, not what runs."""

from __future__ import annotations

import time
from datetime import datetime
from statistics import median

from django.db import connection

from bench.dataset import Size, fill
from bench.inside import inside
from bench.report import Line, at_most
from bench.run import Run
from bench.timing import percentile
from core.clock import now
from lifecycle.tick import sweep

_DUE = """
UPDATE sla_clock SET as_of = %(at)s, elapsed_s = target_s * %(percent)s / 100, next_percent = %(percent)s,
  due_at = %(at)s + target_s * (100 - %(percent)s) / 100 * interval '1 second', next_check_at = %(at)s
WHERE kind = 'resolution' AND state = 'running' AND next_percent = 50 AND next_check_at > now()
  AND incident_id IN (SELECT incident_id FROM sla_clock WHERE kind = 'resolution' AND state = 'running'
    AND next_percent = 50 AND next_check_at > now() + interval '1 day' ORDER BY incident_id LIMIT %(count)s)
"""


def measure(run: Run) -> list[Line]:
    """First with a tenth of the clocks running, then with all of them, in the same database."""
    tenth, rest = Size(5_000, 100, with_story=False), Size(45_000, 100, with_story=False)
    with inside(run.house.clone("bench_sweep")):
        fill(tenth)
        few_idle, few_due = _idle(run), _due(100, 50)
        fill(rest)
        idle = _idle(run)
        by_count = {count: _due(count, 50) for count in (10, 100)}
        warned = median(_due(1000, 50) for _ in range(run.pick(3, 1)))
        broken = median(_due(1000, 100) for _ in range(run.pick(3, 1)))
    growth = ", ".join(f"{count} due {seconds * 1000:.0f} ms" for count, seconds in by_count.items())
    return [
        at_most(
            "sweep, 100,000 clocks, nothing due", f"p95 {percentile(idle, 0.95):.1f} ms", "", median(idle), 20, "ms"
        ),
        at_most("… 1,000 due: warnings, messages", growth, "", warned, 2, "s"),
        at_most("… 1,000 due: breaches, management called", "", "", broken, 2, "s"),
        Line(
            "… 100 due, of 100,000 and of 10,000 running",
            f"{by_count[100] * 1000:.0f} ms, nothing due {median(idle):.1f} ms",
            f"{few_due * 1000:.0f} ms, nothing due {median(few_idle):.1f} ms",
            f"{by_count[100] / few_due:.2g} ×",
        ),
    ]


def _idle(run: Run) -> list[float]:
    """Milliseconds of sweeps that find nothing."""
    sweep(now=now())
    return [_timed(now()) * 1000 for _ in range(run.pick(50, 20))]


def make_due(count: int, percent: int) -> None:
    """Lets `count` running clocks reach `percent` of their target this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"at": now(), "percent": percent, "count": count})
        if cursor.rowcount != count:
            raise SystemExit(f"sweep: {cursor.rowcount} of {count} clocks could be made due")


def _due(count: int, percent: int) -> float:
    """Seconds of a sweep that finds `count` clocks at `percent` of their target."""
    make_due(count, percent)
    return _timed(now(), expected=count)


def _timed(instant: datetime, expected: int = 0) -> float:
    started = time.perf_counter()
    swept = sweep(now=instant)
    seconds = time.perf_counter() - started
    if swept.done["checkpoints"] != expected:
        raise SystemExit(f"sweep: {swept.done} instead of {expected} checkpoints")
    return seconds
