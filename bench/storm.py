"""A storm: 10 000 webhooks about 20 objects through the real web server and a real worker, while somebody works."""

from __future__ import annotations

import threading
import time

from django.db.models import Sum

from bench.hooks import posts
from bench.inside import inside
from bench.report import Line, at_most
from bench.run import Run
from bench.timing import percentile
from bench.wire import Wire, request
from bench.wire import run as send
from incidents.models import Alert, Incident
from integrations.models import Delivery

OBJECTS = 20
CONNECTIONS = 64
SETTLED_WITHIN_S = 120.0


def measure(run: Run) -> list[Line]:
    """Exactly one incident per object, nothing lost, senders answered soon, pages usable."""
    database = run.house.clone("bench_storm")
    count = run.pick(10_000, 2_000)
    made = posts(count, issues=OBJECTS)
    page = request("GET", "/incidents/?open=true", {"Cookie": f"sessionid={run.keys.cookie}"})
    with run.house.web(database) as web, run.house.worker(database, concurrency=2):
        send(web.port, [page] * 24, connections=12)  # a storm does not find a house that nobody has entered yet
        reader = _Reader(web.port, page)
        reader.start()
        started = time.perf_counter()
        load = send(web.port, made, connections=CONNECTIONS)
        with inside(database):
            settled = _settle(started)
            reader.stop()
            incidents = Incident.objects.count()
            counted = Alert.objects.aggregate(total=Sum("count"))["total"]
    accepted = load.statuses[202]
    refused = load.asked_to_wait
    lost = accepted - (counted or 0)
    p99 = percentile(load.latencies, 0.99)
    told = f"{load.rate:.0f}/s accepted, all translated after {settled:.0f} s"
    others = sum(load.statuses.values()) - accepted - refused
    return [
        _exactly(f"storm of {count:,} events: incidents", told, incidents, OBJECTS),
        _exactly("… events lost", f"{accepted} accepted, {refused} asked to wait, {counted} counted", lost + others, 0),
        at_most("… intake p99", "64 connections", "", p99, 2.0, "s"),
        Line(
            "… a page meanwhile, p95",
            f"{len(reader.seconds)} list pages, median {percentile(reader.seconds, 0.5) * 1000:.0f} ms",
            "",
            f"{percentile(reader.seconds, 0.95):.2f} s",
            "≤ 1 s",
            percentile(reader.seconds, 0.95) <= 1.0 and not reader.failures,
        ),
    ]


def _exactly(what: str, measured: str, found: int, wanted: int) -> Line:
    return Line(what, measured, "", str(found), f"= {wanted}", found == wanted)


def _settle(started: float) -> float:
    """Waits until no delivery is pending; seconds since the storm began."""
    while Delivery.objects.filter(state="pending").exists():
        if time.perf_counter() - started > SETTLED_WITHIN_S:
            raise SystemExit("storm: the worker did not get through")
        time.sleep(0.1)
    return time.perf_counter() - started


class _Reader(threading.Thread):
    """Somebody who reloads a page four times a second."""

    def __init__(self, port: int, page: bytes) -> None:
        super().__init__(daemon=True)
        self.wire, self.page = Wire(port), page
        self.seconds: list[float] = []
        self.failures = 0
        self._ended = threading.Event()

    def run(self) -> None:
        """Reads until stopped."""
        while not self._ended.wait(0.25):
            answer, seconds = self.wire.ask(self.page)
            self.seconds.append(seconds)
            self.failures += answer.status != 200

    def stop(self) -> None:
        """Ends it and waits for the last answer."""
        self._ended.set()
        self.join()
