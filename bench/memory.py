"""What web and worker processes hold after a load."""

from __future__ import annotations

import time

import redis
from celery import current_app

from bench.dataset import Size, fill
from bench.hooks import posts
from bench.house import Process
from bench.inside import inside
from bench.pages import pages_of
from bench.report import Line, at_most
from bench.run import Run
from bench.wire import request
from bench.wire import run as send
from core.models import Pulse
from incidents.models import Incident

LIMIT_MB = 150
RUNG = ("lifecycle.tasks.sweep", "lifecycle.tasks.deliver", "integrations.tasks.translate", "lifecycle.tasks.seal")


def measure(run: Run) -> list[Line]:
    """The largest process of each kind; PSS shares common pages out, RSS counts them in full."""
    database = run.house.clone("bench_memory")
    with inside(database):
        fill(Size(1_000))
        number = Incident.objects.filter(status="in_progress").order_by("-pk")[20].number
    paths = [page.path for page in pages_of(number) if not page.is_api]
    cookie = {"Cookie": f"sessionid={run.keys.cookie}"}
    hooks, reads, tasks = run.pick(4_000, 1_000), run.pick(120, 20), run.pick(10_000, 1_000)
    with run.house.web(database) as web:
        send(web.port, posts(hooks, issues=20), connections=16)
        send(web.port, [request("GET", path, cookie) for path in paths * reads], connections=8)
        web_rss, web_pss = _largest(web)
    with run.house.worker(database, concurrency=1) as worker, inside(database):
        _work_through(tasks, database, run)
        child_rss, child_pss = _largest(worker)
    pages = f"after {hooks:,} webhooks and {reads * len(paths):,} pages"
    done = f"after {tasks:,} tasks"
    return [
        at_most("memory of a web worker", pages, f"RSS {web_rss:.0f} MB", web_pss, LIMIT_MB, "MB"),
        at_most("memory of a Celery child", done, f"RSS {child_rss:.0f} MB", child_pss, LIMIT_MB, "MB"),
    ]


def _largest(process: Process) -> tuple[float, float]:
    found = [child.memory_full_info() for child in process.children()]
    return max(each.rss for each in found) / 1e6, max(each.pss for each in found) / 1e6


def _work_through(tasks: int, database: str, run: Run) -> None:
    """Rings that many times and waits until the worker has heard every ring."""
    address = run.house.broker(database)
    with current_app.connection_for_write(address) as connection, redis.Redis.from_url(address) as broker:
        producer = connection.Producer()
        for number in range(tasks):
            current_app.send_task(RUNG[number % len(RUNG)], producer=producer)
        until = time.monotonic() + 300
        while broker.llen("celery") and time.monotonic() < until:
            time.sleep(0.2)
    if not Pulse.objects.filter(name="worker").exists():
        raise SystemExit("memory: the worker did nothing")
