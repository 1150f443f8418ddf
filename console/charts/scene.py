"""What a chart is made of: paths, words and marks at finished places, so that templates only write them down. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Size(NamedTuple):
    """Of a drawing, and the margins of its plot, in units of its view box."""

    width: float
    height: float
    left: float = 46
    right: float = 12
    top: float = 12
    bottom: float = 30
    is_narrow: bool = False

    @property
    def x(self) -> tuple[float, float]:
        """Left and right edge of the plot."""
        return self.left, self.width - self.right

    @property
    def y(self) -> tuple[float, float]:
        """Lower and upper edge of the plot."""
        return self.height - self.bottom, self.top


WIDE = Size(640, 240)
NARROW = Size(340, 220, left=42, right=8, is_narrow=True)


class Dot(NamedTuple):
    """A value to show. None is «nothing to count», which is not zero. `href` leads to the records behind it."""

    label: str
    value: float | None
    href: str = ""
    note: str = ""
    """What the label of the mark adds, such as how many cases stand behind a ratio."""


class Path(NamedTuple):
    """A line or an area; `css` names what it means, never how it looks."""

    d: str
    css: str


class Word(NamedTuple):
    """A text, anchored by its class: `start`, `middle` or `end`."""

    x: str
    y: str
    text: str
    css: str = "middle"


class Mark(NamedTuple):
    """What one can point at: shape, the area around it that takes the pointer, and what it says."""

    d: str
    css: str
    label: str
    href: str = ""
    hit: str = ""


@dataclass(slots=True)
class Scene:
    """One drawing. Lists are drawn in this order: grid, paths, words, marks."""

    size: Size
    grid: list[Path] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def box(self) -> str:
        """The view box."""
        return f"0 0 {n(self.size.width)} {n(self.size.height)}"

    @property
    def has_links(self) -> bool:
        """Whether anything in it can be followed; what cannot is said by the description and the table."""
        return any(mark.href for mark in self.marks)


class Key(NamedTuple):
    """An entry of the legend: word and the class its sample is drawn with."""

    word: str
    css: str


class Line(NamedTuple):
    """A row of the table behind a chart; `cells` begin with its name."""

    cells: Sequence[str]
    href: str = ""
    values: Sequence[float | int | None] = ()
    """The figures themselves, for files: without units and rounding, one per cell after the name."""


@dataclass(frozen=True, slots=True)
class Table:
    """The same in figures."""

    heads: Sequence[str]
    lines: Sequence[Line]


@dataclass
class Chart:
    """A whole chart. `about` is read instead of the drawing; `empty` replaces it when there is nothing to show."""

    key: str
    title: Any
    about: str
    table: Table
    legend: list[Key] = field(default_factory=list)
    wide: Scene | None = None
    narrow: Scene | None = None
    empty: str = ""
    unit: str = ""
    formula: Any = None

    template = "components/charts/chart.html"

    @property
    def scenes(self) -> list[Scene]:
        """The drawings there are."""
        return [scene for scene in (self.wide, self.narrow) if scene is not None]


def n(value: float) -> str:
    """A place as SVG wants it, whatever the language: one decimal, none when whole."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def rect(x: float, y: float, width: float, height: float) -> str:
    """The path of a rectangle."""
    return f"M{n(x)} {n(y)}h{n(width)}v{n(height)}h{n(-width)}z"


def disc(x: float, y: float, radius: float) -> str:
    """The path of a filled circle."""
    r = n(radius)
    return f"M{n(x - radius)} {n(y)}a{r} {r} 0 1 0 {n(2 * radius)} 0a{r} {r} 0 1 0 {n(-2 * radius)} 0z"


def diamond(x: float, y: float, radius: float) -> str:
    """The path of a square on its corner."""
    return f"M{n(x)} {n(y - radius)}L{n(x + radius)} {n(y)}L{n(x)} {n(y + radius)}L{n(x - radius)} {n(y)}z"


def stripes(x: float, y: float, width: float, height: float, *, every: float = 4) -> str:
    """Level lines that fill a rectangle: a texture that needs neither pattern nor id, so it prints and repeats."""
    count = int((height - 0.5) // every)
    return "".join(f"M{n(x)} {n(y + height - every * place)}h{n(width)}" for place in range(1, count + 1))


def polyline(points: Sequence[tuple[float, float] | None]) -> str:
    """A line through the points; it breaks where there is none. A lone point draws nothing (its mark does)."""
    path, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        path.append(f"{pen}{n(point[0])} {n(point[1])}")
        pen = "L"
    return "".join(path)
