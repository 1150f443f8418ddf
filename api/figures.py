"""`sla/dashboard/`, `sla/at-risk/`, `sla/records/`, `sla/forecast/`: the figures of the dashboard for programs (§9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api import figure_words as words
from api.base import ApiViewSet
from core.clock import ZURICH
from figures import forecast, selectors
from figures.rules.filters import CLOCK, COMPARES, DIMENSIONS, NAMED, OF_TIME, PARAMETERS, Filters
from figures.vocabulary import BadFilter, parse, vocabulary
from lifecycle.access import SEE_FIGURES, require

MOST_ROWS = 200
_BY = ("day", "week", "month")


def _parameter(name: str, description: str, choices: tuple[str, ...] = ()) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=description, enum=list(choices) or None)


_FILTERS = [
    _parameter("period", "A named period; without one and without dates: 30d.", NAMED),
    _parameter("from", "First local day (Europe/Zurich), with `to`."),
    _parameter("to", "Last local day, included."),
    _parameter("compare", "What to compare with; without it: previous.", COMPARES),
    _parameter("compare_from", "First local day of a period of one's own to compare with, with `compare_to`."),
    _parameter("compare_to", "Its last local day."),
    _parameter(CLOCK, "One clock only, such as response or resolution."),
    *(_parameter(name, f"One {name} only.") for name in DIMENSIONS),
]


class Figures(ApiViewSet):
    """Figures of the SLA dashboard."""

    scope = "figures"
    pagination_class = None

    own_parameters: Mapping[str, frozenset[str]] = {
        "dashboard": frozenset({"by"}),
        "at_risk": frozenset({"horizon", "page_size"}),
        "records": frozenset({"figure", "after", "page_size", *selectors.CUTS}),
        "forecast": frozenset(),
    }

    def known_parameters(self) -> set[str]:
        """Filters, and what each action takes beside them; the forecast takes none."""
        if self.action == "forecast":
            return set()
        if self.action == "at_risk":
            return {*DIMENSIONS, CLOCK, *self.own_parameters["at_risk"]}
        return {*PARAMETERS, *self.own_parameters.get(self.action or "", ())}

    @extend_schema(
        summary="Every figure of a period beside another, with its formula, number of cases and freshness.",
        parameters=[*_FILTERS, _parameter("by", "Stretches of the series; without it: day.", _BY)],
        responses=words.DashboardOut,
    )
    def dashboard(self, request: Request) -> Response:
        """Figures, attainment per clock and priority, causes, backlog, hours of the week, series."""
        require(self.by, SEE_FIGURES)
        filters = self._filters()
        by = self._one_of("by", _BY, "day")
        found = words.dashboard(filters, by=by, now=self.now)
        return Response(words.DashboardOut(found).data)

    @extend_schema(
        summary="Promises that break soon unless somebody acts, the most urgent first, with how likely that is.",
        parameters=[
            *[parameter for parameter in _FILTERS if parameter.name not in OF_TIME],
            _parameter("horizon", "How far ahead; without it: 2h.", selectors.HORIZONS),
            _parameter("page_size", f"How many at most, 1 to {MOST_ROWS}; without it: 50."),
        ],
        responses=words.AtRiskOut,
    )
    def at_risk(self, request: Request) -> Response:
        """Read from the clocks themselves, so as fresh as the answer."""
        require(self.by, SEE_FIGURES)
        horizon = self._one_of("horizon", selectors.HORIZONS, "2h")
        found = selectors.at_risk(self._filters(), now=self.now, horizon=horizon, limit=self._size())
        return Response(words.AtRiskOut(found).data)

    @extend_schema(
        summary="The incidents behind a figure, newest first.",
        parameters=[
            _parameter("figure", "A key of `figures`, or `broken` for the breaches of the period."),
            *_FILTERS,
            _parameter("part", "Of attainment met or breached; of other shares counted, those above the line."),
            _parameter("cause", "Breaches of this cause only."),
            *(_parameter(name, f"Only this {name}, by its first local day.") for name in _BY),
            _parameter("hour", "Reported in this local hour, 0 to 23."),
            _parameter("weekday", "Reported on this weekday, 0 (Monday) to 6."),
            _parameter("age", "Open incidents of this band of age only."),
            _parameter("after", "`next` of the page before."),
            _parameter("page_size", f"How many at most, 1 to {MOST_ROWS}; without it: 50."),
        ],
        responses=words.RecordsOut,
    )
    def records(self, request: Request) -> Response:
        """Exactly the cases a figure counts."""
        require(self.by, SEE_FIGURES)
        asked = {name: value for name, value in request.query_params.dict().items() if name in selectors.CUTS and value}
        cut = {name: value for name, value in asked.items() if name not in PARAMETERS}
        try:
            page = selectors.records(
                self._filters(),
                request.query_params.get("figure", ""),
                person=self.person,
                now=self.now,
                cut=cut,
                after=request.query_params.get("after", ""),
                size=self._size(),
            )
        except BadFilter as error:
            raise ValidationError({name: [text] for name, text in error.errors.items()}) from None
        return Response(words.RecordsOut(page).data)

    @extend_schema(
        summary="How good the forecast was on history it had not seen, and how much is expected per hour for a week.",
        responses=words.ForecastOut,
    )
    def forecast(self, request: Request) -> Response:
        """Measured every night; the load from the same hours of the past eight weeks."""
        require(self.by, SEE_FIGURES)
        found = {"quality": forecast.quality(), "load": forecast.load(now=self.now)}
        return Response(words.ForecastOut(found).data)

    def _filters(self) -> Filters:
        query = dict(self.request.query_params.lists())
        extra = frozenset(self.known_parameters()) - PARAMETERS
        today = self.now.astimezone(ZURICH).date()
        try:
            return parse(query, vocabulary=vocabulary(), today=today, extra=extra)
        except BadFilter as error:
            raise ValidationError({name: [text] for name, text in error.errors.items()}) from None

    def _one_of(self, name: str, allowed: tuple[Any, ...], default: str) -> Any:
        value = self.request.query_params.get(name) or default
        if value not in allowed:
            raise ValidationError({name: [_("Erlaubt sind: %(values)s.") % {"values": ", ".join(allowed)}]})
        return value

    def _size(self) -> int:
        text = self.request.query_params.get("page_size") or "50"
        if not text.isascii() or not text.isdigit() or len(text) > 4 or not 1 <= int(text) <= MOST_ROWS:
            raise ValidationError({"page_size": [_("Erlaubt sind 1 bis %(limit)s.") % {"limit": MOST_ROWS}]})
        return int(text)
