"""Other promises over three months of history: asked as a person does, answered by the real worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from celery import current_app

from bench.dataset import Size, fill
from bench.house import Process
from bench.inside import inside
from bench.report import Line, at_most
from bench.run import Run
from core.clock import now
from directory.models import Person
from incidents.models import Incident
from lifecycle import what_if
from lifecycle.access import By
from lifecycle.doorbell import silent
from process.edited import sections_of
from process.schema import ClockKind
from process.selectors import current_document
from sla.models import WhatIf
from sla.rules.clock import derive
from sla.selectors import facts_for

DAYS, OPEN_PERCENT = 90, 2


def measure(run: Run) -> list[Line]:
    """The answer, how often its progress moved, what the worker held, and how soon a cancelled one ends."""
    count = run.pick(50_000, 5_000)
    database = run.house.clone("bench_what_if")
    with inside(database):
        fill(Size(count, OPEN_PERCENT, with_story=False, days=DAYS, with_lives=True))
        once = _timed(_derive_once)
    with run.house.worker(database, concurrency=1) as worker, inside(database):
        _ring(run, database)
        _wait(lambda: _ask(run, database), "done", worker)  # the worker has loaded what it needs
        before = _memory(worker)
        seconds, steps, most = _wait(lambda: _ask(run, database), "done", worker)
        cancelled = _cancel(run, database)
    held = f"{steps} steps of the bar, worker {most:.0f} MB at most, {most - before:+.0f} MB"
    return [
        at_most(f"what-if over {count:,} incidents", held, f"each clock derived once {once:.1f} s", seconds, 20, "s"),
        at_most("… cancelled in the middle: the worker is free", "", "", cancelled, 2, "s"),
    ]


def _ask(run: Run, database: str) -> WhatIf:
    """Half the time for every solution."""
    sla = sections_of(current_document()[1])["sla"]
    for target in sla["targets"]:
        if target["clock"] == ClockKind.RESOLUTION.value:
            target["target_min"] //= 2
    lead = Person.objects.filter(holdings__role="project_manager").first()
    if lead is None:
        raise SystemExit("what_if: nobody may ask")
    with silent():
        row = what_if.ask({"sla": sla}, by=By.of(lead, via="bench"), now=now())
    _ring(run, database)
    return row


def _ring(run: Run, database: str) -> None:
    """As after a commit, at the broker of this database's worker."""
    with current_app.connection_for_write(run.house.broker(database)) as connection:
        current_app.send_task("lifecycle.tasks.what_if", producer=connection.Producer())


def _wait(ask: Callable[[], WhatIf], state: str, worker: Process) -> tuple[float, int, float]:
    """Seconds from the question to its end, how many values the bar showed, and the worker's largest child."""
    started = time.perf_counter()
    row = ask()
    seen, most = set(), 0.0
    while not row.is_over:
        time.sleep(0.1)
        row.refresh_from_db()
        seen.add(row.done)
        most = max(most, _memory(worker))
        if time.perf_counter() - started > 300:
            raise SystemExit(f"what_if: {row.state} after 300 s, {row.done} of {row.total}")
    seconds = time.perf_counter() - started
    if row.state != state or row.done != row.total or not row.found["changed_count"]:
        raise SystemExit(f"what_if: {row.state}, {row.done} of {row.total}")
    return seconds, len(seen), most


def _cancel(run: Run, database: str) -> float:
    """Seconds from cancelling a question that is being answered until the worker has answered a ring."""
    row = _ask(run, database)
    while row.done == 0 and not row.is_over:
        time.sleep(0.02)
        row.refresh_from_db()
    what_if.cancel(row.pk, by=By.of(row.person, via="bench"), now=now())
    started = time.perf_counter()
    row.refresh_from_db()
    stopped_at = row.done
    other = _ask(run, database)
    while other.state == WhatIf.State.QUEUED:
        time.sleep(0.02)
        other.refresh_from_db()
    seconds = time.perf_counter() - started
    row.refresh_from_db()
    if row.state != WhatIf.State.CANCELLED or row.done != stopped_at:
        raise SystemExit(f"what_if: {row.state} went on to {row.done}")
    what_if.cancel(other.pk, by=By.of(row.person, via="bench"), now=now())
    return seconds


def _derive_once() -> None:
    """Every clock of the history derived once, without asking what would be."""
    document, instant = current_document()[1], now()
    ids = list(Incident.objects.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), what_if.CHUNK):
        for facts in facts_for(ids[first : first + what_if.CHUNK]).values():
            for kind in ClockKind:
                derive(kind, facts, document, instant)


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _memory(worker: Process) -> float:
    """PSS of the largest child in MB."""
    return max((child.memory_full_info().pss for child in worker.children()), default=0) / 1e6
