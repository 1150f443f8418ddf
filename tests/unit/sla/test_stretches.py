"""A segment cut into open and closed stretches: nothing is lost, and every closed one has its reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from process.schema import ClockKind, Priority
from sla.rules.clock import SlaFact, derive
from sla.rules.stretches import FOLD_FROM, Stretch, split, stretch_at, stretches
from tests.unit.sla.documents import OFFICE, document
from tests.unit.sla.facts import DOCUMENT, HOUR, TUESDAY, fact, opened, resolution, wall
from tests.unit.sla.oracle import ZURICH, is_open
from tests.unit.sla.test_properties import calmly, histories, often


def told(parts: list[Stretch]) -> list[tuple[str, str, str, int]]:
    """Local begin, cause, names of what was closed, seconds."""
    return [
        (
            f"{part.begins_at.astimezone(ZURICH):%d.%m. %H:%M}",
            part.cause,
            ", ".join(closure.name.de if closure.name else f"{closure.day:%a}" for closure in part.closed),
            part.seconds,
        )
        for part in parts
    ]


def test_a_weekend_with_a_holiday_is_one_stretch_that_names_them() -> None:
    state = resolution(opened("2027-03-25T16:00", Priority.MEDIUM), now="2027-03-30T16:00")
    assert told(stretches(state.segments, DOCUMENT)) == [
        ("25.03. 16:00", "open", "", HOUR),
        ("25.03. 17:00", "closed", "Karfreitag, Sat, Sun, Ostermontag", 0),
        ("30.03. 08:00", "open", "", 4 * HOUR),
        ("30.03. 12:00", "closed", "", 0),
        ("30.03. 13:00", "open", "", 3 * HOUR),
    ]


def test_an_exceptional_day_stands_by_its_own_name() -> None:
    half_day = {
        "date": "2026-11-17",
        "label": {"de": "Betriebsausflug", "en": "Outing"},
        "hours": [{"open": "08:00", "close": "10:00"}],
    }
    outing = document(
        calendars=[OFFICE | {"key": "outing", "exceptions": [half_day]}], calendar_of={"medium": "outing"}
    )
    state = derive(ClockKind.RESOLUTION, [opened("16:00", Priority.MEDIUM)], outing, wall("2026-11-18T09:00"))
    assert told(stretches(state.segments, outing)) == [
        ("16.11. 16:00", "open", "", HOUR),
        ("16.11. 17:00", "closed", "", 0),
        ("17.11. 08:00", "open", "", 2 * HOUR),
        ("17.11. 10:00", "closed", "Betriebsausflug", 0),
        ("18.11. 08:00", "open", "", HOUR),
    ]


def test_a_hold_is_one_stretch_however_many_nights_it_spans() -> None:
    facts = opened("15:00"), fact("16:00", "paused", reason="awaiting_reporter"), fact(f"{TUESDAY}T09:00", "resumed")
    state = resolution(*facts, fact(f"{TUESDAY}T10:00", "resolved"), now=f"{TUESDAY}T11:00")
    assert told(stretches(state.segments, DOCUMENT)) == [
        ("16.11. 15:00", "open", "", HOUR),
        ("16.11. 16:00", "waiting", "", 0),
        ("17.11. 09:00", "open", "", HOUR),
        ("17.11. 10:00", "over", "", 0),
    ]


def test_what_follows_the_end_is_over_until_somebody_reopens() -> None:
    facts = opened("08:00"), fact("09:00", "resolved"), fact("11:00", "reopened")
    assert [part.cause for part in stretches(resolution(*facts, now="12:00").segments, DOCUMENT)] == [
        "open",
        "over",
        "open",
    ]


def test_every_segment_is_cut_in_the_canton_it_ran_in() -> None:
    facts = opened("2027-03-18T16:00", Priority.LOW), fact("2027-03-18T16:30", "canton", canton="TI")
    found = stretches(resolution(*facts, now="2027-03-22T09:00").segments, DOCUMENT)
    assert told(found)[2] == ("18.03. 17:00", "closed", "Josefstag, Sat, Sun", 0)


def test_a_minute_is_found_where_it_lies() -> None:
    facts = opened("08:00", Priority.LOW), fact("14:00", "paused", reason="awaiting_reporter")
    state = resolution(*facts, now="15:00")

    def cause(text: str) -> str | None:
        found = stretch_at(state.segments, DOCUMENT, wall(text))
        return found.cause if found else None

    causes = [cause(text) for text in ("07:59", "08:00", "11:59", "12:00", "12:59", "13:00", "14:00", "15:00", "15:01")]
    assert causes == [None, "open", "open", "closed", "closed", "open", "waiting", "waiting", None]


def test_a_year_is_told_by_month_and_any_minute_of_it_exactly() -> None:
    state = resolution(opened("2026-01-05T08:00", Priority.LOW), now="2026-12-31T17:00")
    found = stretches(state.segments, DOCUMENT)
    assert sum(part.openings for part in split(state.segments[0], DOCUMENT.calendar("office"))) > FOLD_FROM
    assert len(found) == 12
    assert sum(part.seconds for part in found) == state.elapsed_s
    assert [closure.name.de for closure in found[3].closed if closure.name] == [
        "Karfreitag",
        "Ostermontag",
        "Tag der Arbeit",
    ]
    noon = stretch_at(state.segments, DOCUMENT, wall("2026-04-01T12:30"))
    assert noon is not None
    assert noon.cause == "closed"


@often
@given(histories(), st.sampled_from(ClockKind))
def test_the_seconds_add_up_and_no_instant_is_left_out(
    history: tuple[datetime, list[SlaFact], datetime], kind: ClockKind
) -> None:
    _window, facts, now = history
    state = derive(kind, facts, DOCUMENT, now)
    found = stretches(state.segments, DOCUMENT)
    assert sum(part.seconds for part in found) == state.elapsed_s
    edges = [part.begins_at for part in found] + [state.as_of]
    assert [part.ends_at for part in found] == edges[1:]


@calmly
@given(histories(), st.sampled_from(ClockKind), st.integers(0, 10**6))
def test_any_minute_runs_exactly_when_the_judge_finds_the_doors_open(
    history: tuple[datetime, list[SlaFact], datetime], kind: ClockKind, minutes: int
) -> None:
    _window, facts, now = history
    state = derive(kind, facts, DOCUMENT, now)
    at = facts[0].at + timedelta(minutes=minutes % max(1, (now - facts[0].at) // timedelta(minutes=1)))
    found = stretch_at(state.segments, DOCUMENT, at)
    if found is None:
        assert not state.segments
    elif found.segment.state == "running":
        assert found.runs == is_open(found.segment.calendar, found.segment.canton or "ZH", at)
    else:
        assert not found.runs
