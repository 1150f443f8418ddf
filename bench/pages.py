"""Pages and API at 100 000 incidents and a million events: beside the same page at 1 000, and beside bare Django."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from bench.dataset import Size, fill
from bench.house import Process
from bench.inside import inside
from bench.plans import Plans, plans_of
from bench.report import Line, at_most
from bench.run import Run
from bench.timing import percentile, ratio
from bench.wire import Wire, request
from incidents.models import Incident

GROWTH, BARE = 1.3, 3.0
MOST_QUERIES = 12
WARM_UP = 8
Rounds = list[dict[str, list[float]]]


@dataclass(frozen=True, slots=True)
class Page:
    """An address of the product, and of a bare view that shows as many rows."""

    name: str
    path: str
    bare: str
    is_api: bool = False


def pages_of(number: str) -> list[Page]:
    """What people and programs open all day."""
    return [
        Page("list", "/incidents/?open=true", "/list/?rows=50"),
        Page("list, all, newest", "/incidents/?sort=newest", "/list/?rows=50"),
        Page("detail", f"/incidents/{number}/", f"/detail/{number}/"),
        Page("search, rare word", "/incidents/?q=quarzuhr", "/list/?rows=20"),
        Page("search, common word", "/incidents/?q=noten", "/list/?rows=100"),
        Page("search, typos", "/incidents/?q=zeugnsi+unvolstandig", "/list/?rows=100"),
        Page("inbox", "/inbox/", "/contacts/?rows=50"),
        Page("start", "/", "/list/?rows=56"),
        Page("API list", "/api/v1/incidents/", "/json/?rows=50", is_api=True),
        Page("API search", "/api/v1/incidents/?q=noten", "/json/?rows=50", is_api=True),
        Page("API detail", f"/api/v1/incidents/{number}/", "/json/?rows=1", is_api=True),
    ]


def measure(run: Run) -> list[Line]:
    """p95 of single requests, taken in turn from the large house, the small one, and bare Django on the large one."""
    small, large = run.house.clone("bench_small"), run.house.clone("bench_large")
    sizes = {small: 1_000, large: run.pick(100_000, 20_000)}
    numbers, plans = {}, {}
    for database, size in sizes.items():
        with inside(database):
            fill(Size(size))
            numbers[database] = Incident.objects.filter(status="in_progress").order_by("-pk")[20].number
            plans[database] = {
                page.name: plans_of(page.path, page.is_api, run.keys) for page in pages_of(numbers[database])
            }
    with ExitStack() as stack:
        servers = {
            "large": stack.enter_context(run.house.web(large)),
            "small": stack.enter_context(run.house.web(small)),
            "bare": stack.enter_context(run.house.web(large, settings="bench.baseline.settings")),
        }
        lines = []
        for ours, little in zip(pages_of(numbers[large]), pages_of(numbers[small]), strict=True):
            asked = {"large": ours.path, "small": little.path, "bare": ours.bare}
            times = take_times(run, servers, asked, is_api=ours.is_api)
            lines += _lines(ours, sizes[large], times, plans[large][ours.name], plans[small][ours.name])
    return lines


def take_times(run: Run, servers: dict[str, Process], paths: dict[str, str], *, is_api: bool) -> Rounds:
    """Milliseconds of each address, asked in turn, in rounds."""
    headers = {"Authorization": f"Bearer {run.keys.api}"} if is_api else {"Cookie": f"sessionid={run.keys.cookie}"}
    asked = {name: request("GET", path, headers) for name, path in paths.items()}
    wires = {name: Wire(server.port) for name, server in servers.items()}
    rounds: list[dict[str, list[float]]] = []
    _round(wires, asked, WARM_UP)
    for _ in range(run.pick(5, 3)):
        rounds.append(_round(wires, asked, run.pick(20, 12)))
    return rounds


def _round(wires: dict[str, Wire], asked: dict[str, bytes], count: int) -> dict[str, list[float]]:
    """Milliseconds of that many requests to each server, one server after the other each time."""
    times: dict[str, list[float]] = {name: [] for name in wires}
    for _ in range(count):
        for name, wire in wires.items():
            answer, seconds = wire.ask(asked[name])
            if answer.status != 200:
                raise SystemExit(f"pages: {name} answered {answer.status}")
            times[name].append(seconds * 1000)
    return times


def _lines(page: Page, size: int, rounds: Rounds, large: Plans, small: Plans) -> list[Line]:
    p50 = {name: median(median(each[name]) for each in rounds) for name in rounds[0]}
    p95s = {name: [percentile(each[name], 0.95) for each in rounds] for name in rounds[0]}
    p95 = {name: median(values) for name, values in p95s.items()}
    ours = f"{p50['large']:.0f} / {p95['large']:.0f} ms"
    beside = {name: f"{p50[name]:.0f} / {p95[name]:.0f} ms" for name in ("small", "bare")}
    what = f"{page.name} at {size:,}"
    problems = [f"reads all of {table}" for table in large.whole_tables]
    problems += [f"{large.queries} queries, {small.queries} at 1,000"] if large.queries != small.queries else []
    return [
        at_most(what, ours, f"at 1,000: {beside['small']}", ratio(p95s["large"], p95s["small"]), GROWTH),
        at_most("", ours, f"bare view: {beside['bare']}", ratio(p95s["large"], p95s["bare"]), BARE),
        Line(
            "",
            "; ".join(problems) or "every query by index",
            "",
            f"{large.queries} queries",
            f"≤ {MOST_QUERIES}, constant, by index",
            not problems and large.queries <= MOST_QUERIES,
        ),
    ]
