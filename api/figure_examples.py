"""Examples of the answers of `sla/…` for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

_FIGURE = {
    "key": "attainment_resolution",
    "label": "Lösung eingehalten",
    "formula": "Eingehalten ÷ (eingehalten + verletzt). …",
    "unit": "ratio",
    "good": "up",
    "value": 0.94,
    "n": 312,
    "part": 293,
    "before": 0.91,
    "before_n": 298,
    "precision": 0.0,
}
DASHBOARD = OpenApiExample(
    "A month",
    value={
        "as_of": "2026-11-23T08:00:00Z",
        "behind_s": 6,
        "is_late": False,
        "from": "2026-10-25",
        "to": "2026-11-23",
        "against": {"from": "2026-09-25", "to": "2026-10-24"},
        "figures": [_FIGURE],
        "attainment": [
            {"clock": "resolution", "priority": "high", "met": 80, "breached": 6, "value": 0.93, "before": 0.9}
        ],
        "broken": [{"cause": "late_start", "clock": "resolution", "n": 11}],
        "backlog": {
            "open": 42,
            "ages": [{"key": "0-1", "n": 20}],
            "oldest": [{"priority": "low", "number": "INC-2026-000123", "reported_at": "2026-11-02T08:00:00Z"}],
        },
        "hours": [[0] * 24 for _weekday in range(7)],
        "series": [
            {"key": "arrivals", "unit": "count", "by": "day", "points": [{"day": "2026-11-23", "value": 9.0, "n": 9}]}
        ],
    },
    response_only=True,
)
_CHANCE = {
    "value": 0.26,
    "reached": 120,
    "broken": 31,
    "like": "Lösung · Hoch · Software",
    "words": "Von 120 ähnlichen, die so weit waren, wurden 31 verletzt.",
}
AT_RISK = OpenApiExample(
    "Two hours",
    value={
        "horizon": "2h",
        "counts": {"30min": 1, "2h": 4, "today": 9},
        "rows": [
            {
                "number": "INC-2026-000123",
                "title": "Noten lassen sich nicht speichern",
                "priority": "high",
                "assignee": "dev",
                "clock": "resolution",
                "clock_label": "Lösung",
                "due_at": "2026-11-23T08:25:00Z",
                "left_s": 1500,
                "chance": _CHANCE,
            }
        ],
    },
    response_only=True,
)
RECORDS = OpenApiExample(
    "Breaches",
    value={
        "total": 1,
        "has_more": False,
        "next": "",
        "results": [
            {
                "number": "INC-2026-000123",
                "title": "Noten lassen sich nicht speichern",
                "priority": "high",
                "status": "resolved",
                "reported_at": "2026-11-20T08:00:00Z",
                "clocks": [{"clock": "resolution", "outcome": "breached", "cause": "late_start"}],
            }
        ],
    },
    response_only=True,
)
FORECAST = OpenApiExample(
    "Tonight",
    value={
        "quality": {
            "brier": 0.08,
            "baseline": 0.11,
            "n": 640,
            "bins": [{"low": 0.0, "high": 0.1, "n": 300, "predicted": 0.05, "observed": 0.04}],
            "trained_until": "2026-11-02T10:00:00Z",
            "measured_at": "2026-11-23T02:35:00Z",
        },
        "load": [
            {
                "at": "2026-11-23T09:00:00Z",
                "expected": 3.1,
                "low": 0.9,
                "high": 5.4,
                "samples": 8,
                "holiday": False,
            }
        ],
    },
    response_only=True,
)
