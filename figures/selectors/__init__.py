"""Reads of the figures by topic: `board`, `over_time` (series, slices, causes, hours), `present`, `risk`, `records`."""

from figures.selectors.board import Attainment, Board, Figure, board
from figures.selectors.over_time import Cause, Heat, Point, Series, Slice, breakdown, broken, heat_map, series
from figures.selectors.present import Age, Backlog, Freshness, Oldest, backlog, freshness
from figures.selectors.records import BROKEN, CUTS, Page, records
from figures.selectors.risk import HORIZONS, AtRisk, Horizon, Risk, at_risk

__all__ = [
    "BROKEN",
    "CUTS",
    "HORIZONS",
    "Age",
    "AtRisk",
    "Attainment",
    "Backlog",
    "Board",
    "Cause",
    "Figure",
    "Freshness",
    "Heat",
    "Horizon",
    "Oldest",
    "Page",
    "Point",
    "Risk",
    "Series",
    "Slice",
    "at_risk",
    "backlog",
    "board",
    "breakdown",
    "broken",
    "freshness",
    "heat_map",
    "records",
    "series",
]
