"""The answers of `sla/…`: figures with the words that explain them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from api.fields import Instant
from api.figure_examples import AT_RISK, DASHBOARD, FORECAST, RECORDS
from figures import selectors
from figures.formulas import formula
from figures.rules.causes import CAUSES
from figures.rules.filters import Filters
from figures.selectors.over_time import By
from figures.vocabulary import clock_label
from incidents.models import PriorityChoice, StatusChoice

SERIES = ("arrivals", "closures", "backlog", "attainment")


def dashboard(filters: Filters, *, by: By, now: datetime) -> dict[str, Any]:
    """Everything of `DashboardOut`."""
    board = selectors.board(filters, now=now)
    return {
        "as_of": board.freshness.as_of,
        "behind_s": board.freshness.behind_s,
        "is_late": board.freshness.is_late,
        "from": filters.period.first,
        "to": filters.period.last,
        "against": {"from": filters.against.first, "to": filters.against.last} if filters.against else None,
        "figures": list(board.figures.values()),
        "attainment": board.attainment,
        "broken": selectors.broken(filters, now=now),
        "backlog": board.backlog,
        "hours": selectors.heat_map(filters, now=now).cells,
        "series": [selectors.series(filters, key, now=now, by=by) for key in SERIES],
    }


class FigureOut(serializers.Serializer[Any]):
    """A figure; `value` is null without a case. `n` cases, of shares `part` of them; `before` in the other period.

    `precision` is the share by which a percentile may be off: 0 is exact.
    """

    key = serializers.CharField()
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    formula = serializers.SerializerMethodField()
    unit = serializers.ChoiceField(["ratio", "seconds", "count", "days"])
    good = serializers.SerializerMethodField()
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    part = serializers.IntegerField(allow_null=True)
    before = serializers.FloatField(allow_null=True)
    before_n = serializers.IntegerField()
    precision = serializers.FloatField()

    def get_label(self, figure: selectors.Figure) -> str:
        """In the caller's language."""
        return str(formula(figure.key).label)

    def get_formula(self, figure: selectors.Figure) -> str:
        """What is counted, in words."""
        return str(formula(figure.key).text)

    def get_good(self, figure: selectors.Figure) -> str:
        """Which way is better: up, down or none."""
        return formula(figure.key).good


class PromisesOut(serializers.Serializer[Any]):
    """Promises of a clock at a priority, and the share that was kept."""

    clock = serializers.CharField()
    priority = serializers.ChoiceField(PriorityChoice.values)
    met = serializers.IntegerField()
    breached = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    before = serializers.FloatField(allow_null=True)


class CauseOut(serializers.Serializer[Any]):
    """Breaches of the period by clock and cause."""

    cause = serializers.ChoiceField(list(CAUSES))
    clock = serializers.CharField()
    n = serializers.IntegerField()


class AgeOut(serializers.Serializer[Any]):
    """A band of age in working days."""

    key = serializers.CharField()
    n = serializers.IntegerField()


class OldestOut(serializers.Serializer[Any]):
    """The open incident of a priority that waits longest."""

    priority = serializers.ChoiceField(PriorityChoice.values)
    number = serializers.CharField()
    reported_at = Instant()


class BacklogOut(serializers.Serializer[Any]):
    """What is open now."""

    open = serializers.IntegerField()
    ages = AgeOut(many=True)
    oldest = OldestOut(many=True)


class PeriodOut(serializers.Serializer[Any]):
    """Local days, both included."""

    to = serializers.DateField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of the language, so it cannot stand above."""
        return {"from": serializers.DateField(), **super().get_fields()}


class PointOut(serializers.Serializer[Any]):
    """A figure of the stretch that begins on a day."""

    day = serializers.DateField()
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()


class SeriesOut(serializers.Serializer[Any]):
    """A figure over the period."""

    key = serializers.CharField()
    unit = serializers.CharField()
    by = serializers.ChoiceField(["day", "week", "month"])
    points = PointOut(many=True)


@extend_schema_serializer(examples=[DASHBOARD])
class DashboardOut(PeriodOut):
    """Every figure, and up to which instant everything is counted."""

    as_of = Instant(allow_null=True)
    behind_s = serializers.IntegerField()
    is_late = serializers.BooleanField(help_text="Behind by more than a minute, or never counted.")
    against = PeriodOut(allow_null=True)
    figures = FigureOut(many=True)
    attainment = PromisesOut(many=True)
    broken = CauseOut(many=True)
    backlog = BacklogOut()
    hours = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Arrivals by weekday (Monday first) and local hour.",
    )
    series = SeriesOut(many=True)


class ChanceOut(serializers.Serializer[Any]):
    """How likely a promise breaks, from like cases, in numbers and words; null with too little history."""

    value = serializers.FloatField(allow_null=True)
    reached = serializers.IntegerField(help_text="Like clocks that got as far.")
    broken = serializers.IntegerField(help_text="Of these, how many broke.")
    like = serializers.CharField()
    words = serializers.CharField()


class RiskOut(serializers.Serializer[Any]):
    """A running clock that breaks soon; `left_s` is negative when it just did."""

    number = serializers.CharField(source="clock.incident.number")
    title = serializers.CharField(source="clock.incident.title")
    priority = serializers.ChoiceField(PriorityChoice.values, source="clock.incident.priority")
    assignee = serializers.CharField(source="clock.incident.assignee.username", allow_null=True, default=None)
    clock = serializers.CharField(source="clock.kind")
    clock_label = serializers.SerializerMethodField()
    due_at = Instant()
    left_s = serializers.IntegerField()
    chance = ChanceOut()

    def get_clock_label(self, risk: selectors.Risk) -> str:
        """In the caller's language."""
        return clock_label(risk.clock.kind)


@extend_schema_serializer(examples=[AT_RISK])
class AtRiskOut(serializers.Serializer[Any]):
    """How many promises break within each horizon, and those of one."""

    horizon = serializers.ChoiceField(list(selectors.HORIZONS))
    counts = serializers.DictField(child=serializers.IntegerField())
    rows = RiskOut(many=True)


class ClockOut(serializers.Serializer[Any]):
    """How a clock ended the first time, and why it broke if it did."""

    clock = serializers.CharField()
    outcome = serializers.ChoiceField(["", "met", "breached"])
    cause = serializers.ChoiceField(["", *CAUSES])


class RecordOut(serializers.Serializer[Any]):
    """An incident behind a figure."""

    number = serializers.CharField()
    title = serializers.CharField()
    priority = serializers.ChoiceField(PriorityChoice.values)
    status = serializers.ChoiceField(StatusChoice.values)
    reported_at = Instant()
    clocks = serializers.SerializerMethodField()

    def get_clocks(self, incident: Any) -> list[dict[str, str]]:
        """Those that count; empty for figures that are not about clocks."""
        found = self.context["clocks"].get(incident.pk, [])
        return [{"clock": row.clock, "outcome": row.outcome, "cause": row.cause} for row in found]


@extend_schema_serializer(examples=[RECORDS])
class RecordsOut(serializers.Serializer[Any]):
    """A page of incidents. From 10,000 on `total` only says that there are more."""

    total = serializers.IntegerField()
    has_more = serializers.BooleanField()
    next = serializers.CharField(help_text="For `after`; empty on the last page.")
    results = serializers.SerializerMethodField()

    def get_results(self, page: selectors.Page) -> list[dict[str, Any]]:
        """Newest first."""
        return list(RecordOut(page.incidents, many=True, context={"clocks": page.clocks}).data)


class BinOut(serializers.Serializer[Any]):
    """Forecasts between two probabilities: what they said on average, and the share that broke."""

    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.IntegerField()
    predicted = serializers.FloatField()
    observed = serializers.FloatField()


class QualityOut(serializers.Serializer[Any]):
    """Brier scores: lower is better; `baseline` is always saying the average."""

    brier = serializers.FloatField(allow_null=True)
    baseline = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    bins = BinOut(many=True)
    trained_until = Instant(allow_null=True)
    measured_at = Instant()


class HourOut(serializers.Serializer[Any]):
    """Expected arrivals of an hour; four in five fall between `low` and `high`. Null with too few past weeks."""

    at = Instant()
    expected = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    samples = serializers.IntegerField()
    holiday = serializers.BooleanField(help_text="A public holiday in the canton of Zürich: expected like a Sunday.")


@extend_schema_serializer(examples=[FORECAST])
class ForecastOut(serializers.Serializer[Any]):
    """The forecast and how good it was; `quality` is null before the first night."""

    quality = QualityOut(allow_null=True)
    load = HourOut(many=True)
