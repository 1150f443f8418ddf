"""Signals in the worker: stored deliveries translated, beside bare Django transactions in the same process."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from django.db import transaction

from bench.baseline.models import Row
from bench.hooks import body_of, headers_of
from bench.inside import inside
from bench.report import Line, at_least
from bench.run import Run
from bench.timing import in_turn, per_second, ratio
from core.actors import SYSTEM
from core.clock import now
from incidents.models import Alert, Incident
from integrations.models import Delivery, Source
from integrations.translation import translate_pending
from lifecycle.process_change import load_process
from process.loader import default_text

FIRST_ISSUE = 1_000_000


def measure(run: Run) -> list[Line]:
    """Three kinds of signals: a repetition, a state change that stands on the timeline, and one that opens."""
    with inside(run.house.clone("bench_signals")):
        load_process(text=_without_flood_guard(), by_actor=SYSTEM, now=now())
        return _measure(run.pick(1000, 400), run.pick(5, 2), run.pick(200, 100))


def _measure(count: int, rounds: int, fresh: int) -> list[Line]:
    issues = iter(range(FIRST_ISSUE, FIRST_ISSUE + 1_000_000))
    known = [next(issues) for _ in range(200)]
    _translate(known)
    fired = {"is": True}

    def repeat() -> float:
        return _translate([known[number % len(known)] for number in range(count)])

    def change() -> float:
        fired["is"] = not fired["is"]
        status, action = ("unresolved", "unresolved") if fired["is"] else ("resolved", "resolved")
        return _translate(known, status=status, action=action)

    rates = in_turn(
        rounds,
        {
            "repeat": repeat,
            "change": change,
            "one": lambda: per_second(count, lambda: _bare(count, 1)),
            "open": lambda: _translate([next(issues) for _ in range(fresh)]),
            "single": lambda: _translate([next(issues) for _ in range(20)], batch=1),
            "five": lambda: per_second(fresh, lambda: _bare(fresh, 5)),
        },
    )
    opened = Incident.objects.count()
    if opened != 200 + rounds * (fresh + 20) or Alert.objects.count() != opened:
        raise SystemExit(f"signals: {opened} incidents were opened, that is not one per fingerprint")
    rate = {name: f"{median(figures):.0f}/s" for name, figures in rates.items()}
    one, five = f"transaction of one INSERT: {rate['one']}", f"transaction of five INSERTs: {rate['five']}"
    return [
        at_least("signal attaches (repeated)", rate["repeat"], one, ratio(rates["repeat"], rates["one"]), 0.40),
        at_least(
            "signal attaches (state change, event)", rate["change"], one, ratio(rates["change"], rates["one"]), 0.40
        ),
        at_least("signal opens an incident", rate["open"], five, ratio(rates["open"], rates["five"]), 0.20),
        Line(
            "… one at a time, a batch of its own", rate["single"], five, f"{ratio(rates['single'], rates['five']):.0%}"
        ),
    ]


def _translate(issues: Sequence[int], *, batch: int = 200, **told: str) -> float:
    """Stores a delivery per issue, then translates them all; signals per second of the second part."""
    source = Source.objects.get(kind="sentry", name="main")
    instant = now()
    rows = []
    for number, issue in enumerate(issues):
        body = body_of(issue, **told)
        keep = {name.lower(): value for name, value in headers_of(body).items() if name.startswith("Sentry-Hook")}
        key = f"bench:{instant.timestamp()}:{number}"
        rows.append(Delivery(source=source, delivery_id=key, received_at=instant, headers=keep, body=body))
    Delivery.objects.bulk_create(rows)

    def drain() -> None:
        done = 0
        while count := translate_pending(now=now(), limit=batch):
            done += count
        if done != len(rows) or Delivery.objects.filter(state__in=["pending", "dead", "flagged"]).exists():
            raise SystemExit(f"signals: {done} of {len(rows)} deliveries were translated")

    return per_second(len(rows), drain)


def _bare(transactions: int, inserts: int) -> None:
    instant = now()
    for _ in range(transactions):
        with transaction.atomic():
            for _each in range(inserts):
                Row.objects.create(title="signal", body=b"x" * 200, received_at=instant)


def _without_flood_guard() -> str:
    return default_text().replace("flood_count: 20", "flood_count: 10000")
