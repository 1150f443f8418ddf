"""A webhook accepted (verified, stored, 202) beside a bare Django view that does one INSERT of the same body."""

from __future__ import annotations

from contextlib import ExitStack
from statistics import median

from bench.hooks import posts
from bench.report import Line, at_least
from bench.run import Run
from bench.timing import in_turn, percentile, ratio
from bench.wire import Load, request
from bench.wire import run as send

CONNECTIONS = 8
LIMIT = 0.60


def measure(run: Run) -> list[Line]:
    """Throughput over eight connections; the same server configuration, database and connection settings everywhere."""
    database = run.house.clone("bench_webhook")
    count = run.pick(1000, 500)
    with ExitStack() as stack:
        ours = stack.enter_context(run.house.web(database))
        same = stack.enter_context(run.house.web(database, settings="bench.baseline.settings"))
        bare = stack.enter_context(run.house.web(database, settings="bench.baseline.bare"))
        loads: dict[str, list[Load]] = {"ours": [], "same": [], "bare": []}

        def one(name: str, port: int) -> float:
            made = posts(count, issues=count, path="/hooks/sentry/main/" if name == "ours" else "/insert/")
            load = send(port, made, connections=CONNECTIONS)
            if set(load.statuses) != {202}:
                raise SystemExit(f"webhook: unexpected answers {dict(load.statuses)}")
            loads[name].append(load)
            return load.rate

        contestants = {
            "ours": lambda: one("ours", ours.port),
            "same": lambda: one("same", same.port),
            "bare": lambda: one("bare", bare.port),
        }
        for server in (ours, same, bare):  # every thread of the server opens its connection before anything counts
            send(server.port, [request("GET", "/healthz")] * 200, connections=CONNECTIONS)
        in_turn(1, contestants)
        rates = in_turn(run.pick(7, 3), contestants)
    p95 = median(percentile(load.latencies, 0.95) for load in loads["ours"]) * 1000
    told = f"{median(rates['ours']):.0f}/s, p95 {p95:.0f} ms"
    with_middleware, without = (f"{median(rates[name]):.0f}/s" for name in ("same", "bare"))
    share = ratio(rates["ours"], rates["same"])
    return [
        at_least("webhook accepted", told, f"one INSERT, same middleware: {with_middleware}", share, LIMIT),
        Line("", told, f"one INSERT, no middleware: {without}", f"{ratio(rates['ours'], rates['bare']):.0%}"),
    ]
