"""`python -m bench [names…] [--quick]`: measures, prints the table, and writes docs/benchmarks.md after a full run."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from pathlib import Path

from bench.house import ROOT, House
from bench.report import Line, as_markdown, as_text

NAMES = ("webhook", "signals", "storm", "pages", "figures", "sweep", "clocks", "what_if", "memory")
PAGE = ROOT / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Written by `make bench`; please do not edit. Each figure stands beside a baseline that was measured in the same run, in
turn with it, on a real PostgreSQL and Valkey with their durability at its defaults: single figures depend on the
machine and the minute, ratios do not. Times of pages are median / 95th percentile of single requests, one after
another. Memory is PSS: what a process holds, pages it shares with others divided among them.
"""


def main() -> int:
    """0 when every limit holds, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"what to measure: {', '.join(NAMES)}; all by default")
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds and less data: a rough answer, nothing written"
    )
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(NAMES)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(NAMES)}")
    house = House(Path(os.environ.get("VAR") or ROOT / "var").resolve() / "bench")
    try:
        house.start()
        lines, described = _measure(house, chosen.names or list(NAMES), quick=chosen.quick)
    finally:
        house.stop()
    print(f"\n{as_text(lines)}\n")
    if not chosen.names and not chosen.quick:
        PAGE.write_text(f"{INTRODUCTION}\n{described}\n\n{as_markdown(lines)}\n")
        print(f"written to {PAGE.relative_to(ROOT)}")
    return 0 if all(line.holds is not False for line in lines) else 1


def _measure(house: House, names: list[str], *, quick: bool) -> tuple[list[Line], str]:
    from bench import inside  # noqa: PLC0415 -- the settings need the engines' addresses

    inside.set_up()
    from bench import company, machine  # noqa: PLC0415 -- models need the settings
    from bench.run import Run  # noqa: PLC0415

    run = Run(house, company.found(), quick)
    described = machine.machine()
    inside.leave()
    lines: list[Line] = []
    for name in NAMES:
        if name in names:
            started = time.monotonic()
            print(f"{name} …", end=" ", flush=True)
            lines += importlib.import_module(f"bench.{name}").measure(run)
            print(f"{time.monotonic() - started:.0f} s", flush=True)
    return lines, described


if __name__ == "__main__":
    sys.exit(main())
