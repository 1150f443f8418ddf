"""SLA clocks in bulk: ten thousand due at once, and ten thousand incidents told anew from their events (R1, R11)."""

from __future__ import annotations

import time
from statistics import median

from django.db import connection, transaction

from bench.dataset import Size, fill
from bench.inside import inside
from bench.report import Line, at_most
from bench.run import Run
from bench.sweep import make_due
from core.clock import now
from incidents.models import Incident
from lifecycle.tick import TOGETHER, sweep
from process.schema import ClockKind
from process.selectors import document
from sla.rules.clock import derive
from sla.selectors import facts_for
from sla.services import claim_due

DUE = 10_000
_STEP = 500
_BY_HAND = """
WITH due AS (
  UPDATE sla_clock SET as_of = %(at)s, elapsed_s = target_s / 2, next_percent = 75,
    next_check_at = %(at)s + target_s * 0.25 * interval '1 second'
  WHERE next_check_at <= %(at)s RETURNING incident_id, kind, target_s, due_at)
INSERT INTO core_event (kind, at, recorded_at, actor_kind, actor_id, actor_label, via, subject_type, subject_id, rule,
  data)
SELECT 'sla.checkpoint', %(at)s, %(at)s, 'system', '', '', 'rule', 'incident', incident_id, '§9',
  jsonb_build_object('clock', kind, 'target_s', target_s, 'due_at', due_at, 'percent', 50) FROM due
"""


def measure(run: Run) -> list[Line]:
    """The sweeper's own work beside the least any program could do; then the recomputation of every clock."""
    with inside(run.house.clone("bench_clocks")):
        fill(Size(50_000, 100, with_story=False))
        # five times ten thousand is all there are: a clock that was due once is none of those that come due again
        rounds = [(_claimed(), _by_hand()) for _ in range(run.pick(2, 1))]
        whole = _swept()
    with inside(run.house.clone("bench_story")):
        fill(Size(10_000, 20))
        told = _told_anew()
    ours, least = (median(values) for values in zip(*rounds, strict=True))
    return [
        at_most(
            "sweep, 100,000 clocks, 10,000 due at once",
            f"{ours:.2f} s: rows, checkpoints, events",
            f"{least:.2f} s: one UPDATE with its event inserts",
            ours / least,
            3,
        ),
        Line("… with everybody's messages", f"{whole:.2f} s", f"{least:.2f} s", f"{whole / least:.3g} ×"),
        at_most("all clocks of 10,000 incidents from their events, one core", "", "", told, 10, "s"),
    ]


def _claimed() -> float:
    """Seconds in which the sweeper takes all that is due, batch after batch, as it does in the product."""
    make_due(DUE, 50)
    started, found = time.perf_counter(), 0
    while True:
        with transaction.atomic():
            claimed = len(claim_due(now=now(), limit=TOGETHER))
        found += claimed
        if claimed < TOGETHER:
            break
    seconds = time.perf_counter() - started
    if found != DUE:
        raise SystemExit(f"clocks: {found} of {DUE} were claimed")
    return seconds


def _by_hand() -> float:
    make_due(DUE, 50)
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BY_HAND, {"at": now()})
        if cursor.rowcount != DUE:
            raise SystemExit(f"clocks: {cursor.rowcount} of {DUE} were updated")
    return time.perf_counter() - started


def _swept() -> float:
    make_due(DUE, 50)
    started, done = time.perf_counter(), 0
    while (swept := sweep(now=now()).done["checkpoints"]) > 0:
        done += swept
    if done != DUE:
        raise SystemExit(f"clocks: {done} of {DUE} were swept")
    return time.perf_counter() - started


def _told_anew() -> float:
    """Seconds from the rows of the log to the state of both clocks of each incident."""
    versions = dict(Incident.objects.values_list("pk", "process_version_id"))
    instant, ids, derived = now(), sorted(versions), 0
    for version in set(versions.values()):
        document(version)
    started = time.perf_counter()
    for first in range(0, len(ids), _STEP):
        for pk, facts in facts_for(ids[first : first + _STEP]).items():
            for kind in ClockKind:
                derive(kind, facts, document(versions[pk]), instant)
                derived += 1
    seconds = time.perf_counter() - started
    if derived != 2 * len(ids):
        raise SystemExit(f"clocks: {derived} clocks of {len(ids)} incidents were derived")
    return seconds
