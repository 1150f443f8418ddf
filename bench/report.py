"""What was measured, as rows of one table for the screen and for docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEAD = ("what", "measured", "beside it", "figure", "must be", "")


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. `holds` is None where nothing is demanded and the figure only informs."""

    what: str
    measured: str
    baseline: str
    figure: str
    limit: str = ""
    holds: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as texts; the last one says at a glance whether the limit holds."""
        mark = {True: "yes", False: "**no**", None: ""}[self.holds]
        return (self.what, self.measured, self.baseline, self.figure, self.limit, mark)


def at_least(what: str, measured: str, baseline: str, ratio: float, limit: float) -> Line:
    """A ratio that must reach `limit`."""
    return Line(what, measured, baseline, f"{ratio:.0%}", f"≥ {limit:.0%}", ratio >= limit)


def at_most(what: str, measured: str, baseline: str, figure: float, limit: float, unit: str = "×") -> Line:
    """A figure that must not pass `limit`."""
    return Line(what, measured, baseline, f"{figure:.3g} {unit}", f"≤ {limit:g} {unit}", figure <= limit)


def as_markdown(lines: Iterable[Line]) -> str:
    """A GitHub table."""
    rows = [HEAD, ("---",) * len(HEAD), *(line.cells for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def as_text(lines: Sequence[Line]) -> str:
    """Aligned columns for a terminal."""
    rows = [HEAD, *(line.cells for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
