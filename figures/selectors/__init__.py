"""Reads of the figures by topic: `board`, `over_time` (series, slices, causes, hours), `present`, `risk`, `records`."""

from figures.selectors.board import Attainment, Board, Figure, board
from figures.selectors.over_time import Cause, Heat, Point, Series, Slice, breakdown, broken, heat_map, series
from figures.selectors.present import Age, Backlog, Freshness, Oldest, backlog, freshness

__all__ = [
    "Age",
    "Attainment",
    "Backlog",
    "Board",
    "Cause",
    "Figure",
    "Freshness",
    "Heat",
    "Oldest",
    "Point",
    "Series",
    "Slice",
    "backlog",
    "board",
    "breakdown",
    "broken",
    "freshness",
    "heat_map",
    "series",
]
