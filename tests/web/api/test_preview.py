"""The golden vectors through the API, and everything that makes no agreement."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.models import IdempotencyKey
from core.models import Event
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db
HOUR = 3600
ZURICH = ZoneInfo("Europe/Zurich")


@pytest.fixture(autouse=True)
def _later(clock: Path) -> None:
    """The vectors reach into 2027: asked at the end of that year."""
    clock.write_text(datetime(2027, 12, 31, tzinfo=UTC).isoformat())


def wall(text: str) -> str:
    """A wall time in Zurich as programs may write it."""
    return f"{text}[Europe/Zurich]"


def ask(programs: Programs, start: str, target_s: int, calendar: str = "8x5", **more: Any) -> Any:
    body = {"start": wall(start), "target_s": target_s, "calendar": calendar, "canton": "ZH", **more}
    return programs.support.post("sla/preview/", body)


def pause(begin: str, end: str) -> dict[str, str]:
    return {"from": wall(begin), "to": wall(end)}


VECTORS = [
    pytest.param("2026-10-23T16:00", 8 * HOUR, "8x5", {}, "2026-10-26T16:00", id="G1 the clocks go back"),
    pytest.param("2026-10-25T00:30", 4 * HOUR, "24x7", {}, "2026-10-25T03:30", id="G2 the doubled hour"),
    pytest.param("2027-03-28T00:30", 4 * HOUR, "24x7", {}, "2027-03-28T05:30", id="G3 the vanished hour"),
    pytest.param("2026-12-24T15:00", 4 * HOUR, "8x5", {}, "2026-12-28T10:00", id="G4 Christmas"),
    pytest.param("2026-12-25T10:00", 4 * HOUR, "8x5", {}, "2026-12-28T12:00", id="G5 begun on a holiday"),
    pytest.param(
        "2026-11-16T15:00",
        4 * HOUR,
        "8x5",
        {"pauses": [pause("2026-11-16T16:30", "2026-11-17T09:00")]},
        "2026-11-17T11:30",
        id="G6 a pause over the evening",
    ),
    pytest.param(
        "2026-11-16T15:00",
        4 * HOUR,
        "8x5",
        {"pauses": [pause("2026-11-16T18:00", "2026-11-17T06:00")]},
        "2026-11-17T10:00",
        id="G7 a pause at night costs nothing",
    ),
    pytest.param(
        "2026-11-20T15:00",
        8 * HOUR,
        "8x5",
        {"changes": [{"at": wall("2026-11-21T10:00"), "priority": "critical"}]},
        "2026-11-21T12:00",
        id="G8 raised, what was used carries over",
    ),
    pytest.param(
        "2026-11-16T08:00",
        8 * HOUR,
        "8x5",
        {"changes": [{"at": wall("2026-11-16T15:00"), "target_s": 4 * HOUR}]},
        "2026-11-16T15:00",
        id="G9 raised too late",
    ),
    pytest.param(
        "2026-11-16T08:00",
        4 * HOUR,
        "24x7",
        {"changes": [{"at": wall("2026-11-16T10:00"), "target_s": 8 * HOUR, "calendar": "8x5"}]},
        "2026-11-16T17:00",
        id="G10 lowered",
    ),
    pytest.param("2027-03-25T16:00", 8 * HOUR, "8x5", {}, "2027-03-30T16:00", id="G11 Easter"),
    pytest.param("2026-11-16T17:00", 60, "8x5", {}, "2026-11-17T08:01", id="G12 from closing time"),
    pytest.param("2026-10-23T17:00", 72 * HOUR, "24x7", {}, "2026-10-26T16:00", id="G13 three days, doubled hour"),
    pytest.param("2027-03-27T12:00", 24 * HOUR, "24x7", {}, "2027-03-28T13:00", id="G14 a day, vanished hour"),
    pytest.param(
        "2026-11-16T08:00",
        8 * HOUR,
        "8x5",
        {"pauses": [pause("2026-11-16T14:00", "2026-11-18T09:00")]},
        "2026-11-18T12:00",
        id="G15 solved and reopened: the time between is a pause here",
    ),
]


@pytest.mark.parametrize(("start", "target_s", "calendar", "more", "due"), VECTORS)
def test_golden_vectors(
    programs: Programs, start: str, target_s: int, calendar: str, more: dict[str, Any], due: str
) -> None:
    answer = ask(programs, start, target_s, calendar, **more)

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert datetime.fromisoformat(told["due_at"]).astimezone(ZURICH).strftime("%Y-%m-%dT%H:%M:%S") == f"{due}:00"
    assert sum(part["seconds"] for part in told["segments"]) == told["elapsed_s"]
    assert told["elapsed_s"] == (target_s if "changes" not in more else told["elapsed_s"])
    assert told["segments"][-1]["to"] == told["due_at"]


def test_a_change_that_leaves_too_little_breaks_there_and_says_so(programs: Programs) -> None:
    changes = [{"at": wall("2026-11-16T15:00"), "target_s": 4 * HOUR}]
    told = ask(programs, "2026-11-16T08:00", 8 * HOUR, changes=changes).json()
    assert (told["breach_cause"], told["elapsed_s"]) == ("reclassified", 6 * HOUR)


def test_it_names_the_holiday_in_the_canton_that_counts(programs: Programs) -> None:
    told = ask(programs, "2027-03-18T16:00", 2 * HOUR, canton="TI").json()
    closed = [part["text"] for part in told["segments"] if part["cause"] == "closed"]
    assert closed == ["Steht: geschlossen, Josefstag (19.03.), Sa, So"]
    moved = [{"at": wall("2027-03-18T16:30"), "canton": "ZH"}]
    assert ask(programs, "2027-03-18T16:00", 2 * HOUR, canton="TI", changes=moved).json()["due_at"][:10] == "2027-03-19"


def test_pauses_that_touch_and_pauses_of_no_length_are_neutral(programs: Programs) -> None:
    one = ask(programs, "2026-11-16T15:00", 4 * HOUR, pauses=[pause("2026-11-16T16:00", "2026-11-17T09:00")]).json()
    several = [
        pause("2026-11-16T17:00", "2026-11-17T09:00"),
        pause("2026-11-16T16:00", "2026-11-16T17:00"),
        pause("2026-11-17T09:30", "2026-11-17T09:30"),
    ]
    assert ask(programs, "2026-11-16T15:00", 4 * HOUR, pauses=several).json()["due_at"] == one["due_at"]


def test_ten_years_are_told_by_the_month(programs: Programs) -> None:
    told = ask(programs, "2026-01-05T08:00", 10 * 365 * 8 * HOUR).json()
    assert told["elapsed_s"] == 10 * 365 * 8 * HOUR
    assert 150 < len(told["segments"]) < 200


OFFICE = {"start": "2026-11-16T08:00:00+01:00", "target_s": HOUR, "calendar": "8x5", "canton": "ZH"}
TEN_TO_ELEVEN = {"from": "2026-11-16T10:00:00+01:00", "to": "2026-11-16T11:00:00+01:00"}
BAD = [
    ({"target_s": 0}, "target_s"),
    ({"target_s": -60}, "target_s"),
    ({"target_s": 10 * 366 * 86_400 + 1}, "target_s"),
    ({"target_s": "soon"}, "target_s"),
    ({"target_s": None}, "target_s"),
    ({"calendar": "9x5"}, "calendar"),
    ({"canton": "XX"}, "canton"),
    ({"canton": "zh"}, "canton"),
    ({"start": "2028-01-01T00:00:00Z"}, "start"),
    ({"start": "1969-12-31T23:59:59Z"}, "start"),
    ({"start": "2026-11-16T08:00:00"}, "start"),
    ({"start": "2026-11-16"}, "start"),
    ({"start": 1795000000}, "start"),
    ({"start": "2026-11-16T23:59:60Z"}, "start"),
    ({"start": "2027-03-28T02:30[Europe/Zurich]"}, "start"),
    ({"start": "2026-10-25T02:30[Europe/Zurich]"}, "start"),
    ({"start": "2026-10-25T02:30+05:00[Europe/Zurich]"}, "start"),
    ({"start": "2026-11-16T08:00[Europe/Bern]"}, "start"),
    ({"start": "0001-01-01T00:00+10:00"}, "start"),
    ({"pauses": [{"from": "2026-11-16T10:00:00Z"}]}, "pauses.0.to"),
    ({"pauses": [{"from": "2026-11-16T10:00:00Z", "to": None}]}, "pauses.0.to"),
    ({"pauses": [{"from": TEN_TO_ELEVEN["to"], "to": TEN_TO_ELEVEN["from"]}]}, "pauses.0.to"),
    ({"pauses": [TEN_TO_ELEVEN, TEN_TO_ELEVEN]}, "pauses.1.from"),
    (
        {"pauses": [TEN_TO_ELEVEN, {"from": "2026-11-16T10:10:00+01:00", "to": "2026-11-16T10:20:00+01:00"}]},
        "pauses.1.from",
    ),
    (
        {"pauses": [TEN_TO_ELEVEN, {"from": "2026-11-16T10:30:00+01:00", "to": "2026-11-16T12:00:00+01:00"}]},
        "pauses.1.from",
    ),
    ({"pauses": [{"from": "2026-11-16T07:00:00+01:00", "to": "2026-11-16T10:00:00+01:00"}]}, "pauses.0.from"),
    ({"pauses": [{"from": "2026-11-16T10:00:00+01:00", "to": "2046-11-16T10:00:00+01:00"}]}, "pauses.0.to"),
    ({"pauses": [TEN_TO_ELEVEN | {"why": "lunch"}]}, "pauses.0.why"),
    ({"pauses": [TEN_TO_ELEVEN] * 201}, "pauses"),
    ({"pauses": TEN_TO_ELEVEN}, "pauses"),
    ({"changes": [{"at": "2026-11-16T09:00:00+01:00"}]}, "changes.0"),
    ({"changes": [{"at": "2026-11-15T09:00:00+01:00", "target_s": 60}]}, "changes.0.at"),
    ({"changes": [{"at": "2026-11-16T09:00:00+01:00", "calendar": "9x5"}]}, "changes.0.calendar"),
    ({"changes": [{"at": "2026-11-16T09:00:00+01:00", "canton": "XX"}]}, "changes.0.canton"),
    ({"changes": [{"at": "2026-11-16T09:00:00+01:00", "priority": "urgent"}]}, "changes.0.priority"),
    ({"changes": [{"at": "2026-11-16T09:00:00+01:00", "priority": "high", "target_s": 60}]}, "changes.0.priority"),
    ({"changes": [{"at": "2026-11-16T09:00:00+01:00", "target_s": 0}]}, "changes.0.target_s"),
    ({"reason": "x"}, "reason"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD, ids=[f"{field} {str(wrong)[:60]}" for wrong, field in BAD])
def test_what_makes_no_agreement_is_refused_by_its_field(programs: Programs, wrong: dict[str, Any], field: str) -> None:
    program = programs.support
    before = Event.objects.count(), IdempotencyKey.objects.count()

    answer = program.post("sla/preview/", OFFICE | wrong)

    assert answer.status_code == 400, answer.content
    errors = answer.json()["errors"]
    assert [error["field"] for error in errors] == [field]
    assert all(len(error["message"]) > 10 for error in errors)
    assert (Event.objects.count(), IdempotencyKey.objects.count()) == before


def test_a_key_that_reads_the_process_is_enough(programs: Programs) -> None:
    assert programs.of("dev", "process:read").post("sla/preview/", OFFICE).status_code == 200
    assert programs.of("dev", "incidents:read").post("sla/preview/", OFFICE).status_code == 403
