"""Clocks of duties: real time in UTC whatever the calendar does, several regimes at once, each alarm once (T48)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.law import default_law
from privacy.rules.duties import Clock, Why, duties, needs_reason, passed
from privacy.rules.facts import Facts, Party
from privacy.rules.weighing import Verdict
from privacy.schema import Bearer, Law, SchoolKind

LAW = default_law()
ZURICH = ZoneInfo("Europe/Zurich")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
FRIDAY = datetime(2026, 10, 23, 16, 50, tzinfo=ZURICH)  # two days before the clocks go back
instants = st.integers(0, 10 * 366 * 24 * 60).map(
    lambda minutes: (FRIDAY.astimezone(UTC) + minutes * MINUTE).astimezone(ZURICH)
)
maybe = st.sampled_from([None, True, False])
parties = st.builds(
    Party,
    key=st.uuids().map(str),
    kind=st.sampled_from([None, *SchoolKind]),
    canton=st.sampled_from(["", "ZH", "BE", "LU", "TI"]),
    city=st.sampled_from(["", "Zürich", "Thun"]),
    aware_at=st.none() | instants,
    persons_decided_at=st.none() | instants,
)
cases = st.builds(
    Facts,
    aware_at=instants,
    confirmed_at=st.none() | instants,
    is_dismissed=st.booleans(),
    confidentiality=maybe,
    severity=st.none() | st.floats(0, 6),
    cyber_attack=maybe,
    in_cyber_scope=maybe,
    discovered_at=st.none() | instants,
    criminal=maybe,
    crime_suspected_at=st.none() | instants,
    sensitive_volume=maybe,
    parties=st.lists(parties, max_size=4, unique_by=lambda party: party.key).map(tuple),
)


def clocks(*parties: Party, law: Law = LAW, aware_at: datetime = FRIDAY, **facts: Any) -> dict[str, Clock]:
    """The clocks of a case by their keys."""
    return {clock.key: clock for clock in duties(law, Facts(aware_at, parties=parties, **facts), at=aware_at)}


def public(canton: str = "ZH", **more: Any) -> Party:
    """A public school."""
    return Party("school", SchoolKind.PUBLIC, canton, **more)


LATE_STARTS = [
    pytest.param("2026-10-23T16:50+02:00", id="Friday before the clocks go back"),
    pytest.param("2026-10-25T02:30+02:00", id="in the hour that comes twice, the first time"),
    pytest.param("2026-10-25T02:30+01:00", id="in the hour that comes twice, the second time"),
    pytest.param("2027-03-26T16:50+01:00", id="Friday before the clocks go forward"),
    pytest.param("2027-03-28T01:59+01:00", id="a minute before the hour that is skipped"),
    pytest.param("2026-12-31T23:59+01:00", id="the last minute of the year"),
    pytest.param("2026-12-25T10:00+01:00", id="on a holiday"),
    pytest.param("2028-02-28T12:00+01:00", id="before the leap day"),
]


@pytest.mark.parametrize("start", LATE_STARTS)
def test_limits_count_real_hours_across_weekends_holidays_and_changes_of_the_clocks(start: str) -> None:
    aware = datetime.fromisoformat(start).astimezone(ZURICH)
    abroad = Party("eu", SchoolKind.EU_EEA, aware_at=aware)
    found = clocks(abroad, aware_at=aware, confirmed_at=aware, cyber_attack=True)
    began = aware.astimezone(UTC)
    assert found["n2_authority/eu/eu_eea"].due_at == began + 72 * HOUR
    assert found["n4_bacs"].due_at == began + 24 * HOUR
    assert found["n4_bacs_supplement"].due_at == began + 14 * 24 * HOUR
    assert (found["n1_controller_notice/eu"].target_at, found["n1_controller_notice/eu"].alarm_at) == (
        began + 4 * HOUR,
        began + 24 * HOUR,
    )


def test_by_the_wall_clock_a_limit_falls_an_hour_earlier_in_autumn_and_later_in_spring() -> None:
    spring = datetime(2027, 3, 26, 16, 50, tzinfo=ZURICH)
    for start, wall in ((FRIDAY, "2026-10-26T15:50"), (spring, "2027-03-29T17:50")):
        due = clocks(Party("eu", "eu_eea", aware_at=start), aware_at=start)["n2_authority/eu/eu_eea"].due_at
        assert due is not None
        assert due.astimezone(ZURICH).isoformat(timespec="minutes")[:16] == wall


@given(cases)
def test_alarms_rise_come_once_each_and_end_with_the_time(facts: Facts) -> None:
    for clock in duties(LAW, facts, at=facts.aware_at):
        percents, times = [alarm.percent for alarm in clock.alarms], [alarm.at for alarm in clock.alarms]
        assert percents in ([], [50, 75, 90, 100])
        assert times == sorted(set(times))
        assert all(at.tzinfo is UTC for at in times)
        if times:
            assert times[-1] == (clock.due_at or clock.target_at or clock.alarm_at)


@given(cases)
def test_every_duty_of_a_case_has_a_name_of_its_own_a_reason_and_a_source(facts: Facts) -> None:
    found = duties(LAW, facts, at=facts.aware_at)
    assert len({clock.key for clock in found}) == len(found)
    assert all(clock.recommendation.because.de and clock.recommendation.because.en for clock in found)
    assert all(clock.sources for clock in found)
    assert {"n4_bacs", "n6_police", "n7_register", "n8_access_log"} <= {clock.key for clock in found}


@given(cases)
def test_no_school_is_ever_left_without_its_notice_and_its_report_even_if_nothing_is_known_of_it(facts: Facts) -> None:
    found = duties(LAW, facts, at=facts.aware_at)
    for party in facts.parties:
        codes = [clock.duty.code for clock in found if clock.party == party.key]
        assert codes.count("N1") == (party.kind != SchoolKind.OWN)
        assert codes.count("N2") == (2 if party.kind == SchoolKind.PRIVATE_MANDATE else 1)
        assert codes.count("N3") == 1


@given(instants, st.integers(1, 60 * 24 * 366), st.integers(1, 60 * 24 * 366))
def test_a_longer_limit_never_gives_an_earlier_deadline(aware: datetime, one: int, other: int) -> None:
    def due(minutes: int) -> list[datetime]:
        tree = LAW.model_dump(mode="json")
        tree["duties"] = [{**duty, "limit_min": minutes} for duty in tree["duties"] if duty["key"] == "n4_bacs"]
        clock = clocks(law=Law.model_validate(tree), aware_at=aware)["n4_bacs"]
        return [clock.deadline or aware, *(alarm.at for alarm in clock.alarms)]

    shorter, longer = due(min(one, other)), due(max(one, other))
    assert all(early <= late for early, late in zip(shorter, longer, strict=True))


def test_one_case_runs_under_many_laws_at_once() -> None:
    found = clocks(
        Party("zh", "public", "ZH", "Zürich", aware_at=FRIDAY),
        Party("fr", "public", "FR", aware_at=FRIDAY),
        Party("ti", "public", "TI", aware_at=FRIDAY),
        Party("both", "private_mandate", "ZG", aware_at=FRIDAY),
        Party("eu", "eu_eea", aware_at=FRIDAY),
        Party("escola", "own", aware_at=FRIDAY),
        confirmed_at=FRIDAY,
        confidentiality=True,
        severity=2.5,
    )
    reports = {clock.key.removeprefix("n2_authority/"): clock for clock in found.values() if clock.duty.code == "N2"}
    assert {key: str(clock.recommendation.verdict) for key, clock in reports.items()} == {
        "zh/cantonal_public": "due",
        "fr/cantonal_public": "decide",
        "ti/cantonal_public": "decide",
        "both/cantonal_public": "due",
        "both/private_ch": "decide",
        "eu/eu_eea": "due",
        "escola/private_ch": "decide",
    }
    assert [key for key, clock in reports.items() if clock.due_at] == ["eu/eu_eea"]
    assert [key for key, clock in reports.items() if clock.bearer is Bearer.ESCOLA] == ["escola/private_ch"]


@pytest.mark.parametrize(
    ("canton", "severity", "confidentiality", "verdict"),
    [
        ("ZH", 0.5, True, "due"),
        ("ZH", None, None, "due"),
        ("ZH", 4.0, False, "decide"),
        ("FR", 3.0, True, "due"),
        ("FR", 2.99, True, "decide"),
        ("FR", 2.0, True, "decide"),
        ("FR", 1.99, True, "not_due"),
        ("FR", None, True, "decide"),
        ("BE", 4.5, True, "decide"),
    ],
)
def test_a_report_is_weighed_as_the_canton_says(
    canton: str, severity: float, confidentiality: bool, verdict: str
) -> None:
    facts: dict[str, Any] = {"severity": severity, "confidentiality": confidentiality}
    key = "n2_authority/school/cantonal_public"
    assert clocks(public(canton), confirmed_at=FRIDAY, **facts)[key].recommendation.verdict == verdict
    assert clocks(public(canton), **facts)[key].recommendation.verdict == "decide"
    assert clocks(public(canton), is_dismissed=True, **facts)[key].recommendation.verdict == "not_due"


@pytest.mark.parametrize(
    ("key", "facts", "verdict"),
    [
        ("n1_controller_notice/school", {"confirmed_at": FRIDAY}, "due"),
        ("n1_controller_notice/school", {}, "decide"),
        ("n1_controller_notice/school", {"is_dismissed": True}, "not_due"),
        ("n3_data_subjects/school", {"confirmed_at": FRIDAY, "severity": 3.0}, "due"),
        ("n3_data_subjects/school", {"confirmed_at": FRIDAY, "severity": 0.25}, "decide"),
        ("n4_bacs", {"cyber_attack": True}, "due"),
        ("n4_bacs", {"cyber_attack": True, "is_dismissed": True}, "due"),
        ("n4_bacs", {"cyber_attack": True, "in_cyber_scope": False}, "decide"),
        ("n4_bacs", {"cyber_attack": False}, "not_due"),
        ("n4_bacs", {}, "decide"),
        ("n6_police", {"criminal": True}, "due"),
        ("n6_police", {"criminal": False}, "not_due"),
        ("n6_police", {}, "decide"),
        ("n7_register", {"is_dismissed": True}, "due"),
        ("n8_access_log", {"sensitive_volume": True}, "due"),
        ("n8_access_log", {"sensitive_volume": False}, "not_due"),
        ("n8_access_log", {}, "decide"),
    ],
)
def test_what_is_unknown_is_for_somebody_to_decide_and_never_a_no(
    key: str, facts: dict[str, Any], verdict: str
) -> None:
    assert clocks(public(), **facts)[key].recommendation.verdict == verdict


def test_a_mailbox_of_a_canton_is_owed_there_only_and_by_public_schools_only() -> None:
    def owed(party: Party) -> bool:
        return any(clock.duty.code == "N5" for clock in clocks(party).values())

    assert owed(public("LU"))
    assert owed(Party("both", "private_mandate", "LU"))
    assert not owed(public("ZH"))
    assert not owed(Party("private", "private", "LU"))


def test_the_notice_counts_from_the_confirmation_and_alarms_a_day_after_we_knew() -> None:
    open_case = clocks(public())["n1_controller_notice/school"]
    assert (open_case.target_at, open_case.alarms[-1].at) == (None, FRIDAY + 24 * HOUR)
    confirmed = clocks(public(), confirmed_at=FRIDAY + 2 * HOUR)["n1_controller_notice/school"]
    assert (confirmed.deadline, confirmed.alarms[0].at) == (FRIDAY + 6 * HOUR, FRIDAY + 4 * HOUR)
    slow = clocks(public(), confirmed_at=FRIDAY + 30 * HOUR)["n1_controller_notice/school"]
    assert slow.deadline == FRIDAY + 24 * HOUR


def test_a_schools_clock_stands_still_until_it_knows() -> None:
    report = clocks(public())["n2_authority/school/cantonal_public"]
    assert (report.starts_at, report.deadline, report.alarms) == (None, None, ())
    assert not passed(report, FRIDAY + 9999 * HOUR)
    known = clocks(public(aware_at=FRIDAY + HOUR))["n2_authority/school/cantonal_public"]
    assert known.starts_at == FRIDAY + HOUR


def test_exactly_at_the_deadline_is_in_time_and_the_last_alarm_comes_then() -> None:
    clock = clocks(cyber_attack=True)["n4_bacs"]
    due = FRIDAY.astimezone(UTC) + 24 * HOUR
    assert (passed(clock, due), passed(clock, due + timedelta(microseconds=1))) == (False, True)
    assert (clock.alarms[-1].percent, clock.alarms[-1].at) == (100, due)


@pytest.mark.parametrize(
    ("facts", "verdict", "late", "why"),
    [
        ({"cyber_attack": True}, Verdict.DUE, False, ()),
        ({"cyber_attack": True}, Verdict.DUE, True, (Why.LATE,)),
        ({"cyber_attack": True}, Verdict.NOT_DUE, False, (Why.NOT_DUE, Why.AGAINST)),
        ({"cyber_attack": True}, Verdict.NOT_DUE, True, (Why.LATE, Why.NOT_DUE, Why.AGAINST)),
        ({"cyber_attack": False}, Verdict.NOT_DUE, False, (Why.NOT_DUE,)),
        ({"cyber_attack": False}, Verdict.DUE, False, (Why.AGAINST,)),
        ({}, Verdict.DUE, False, (Why.OPEN,)),
        ({}, Verdict.NOT_DUE, False, (Why.NOT_DUE, Why.OPEN)),
    ],
)
def test_a_decision_that_is_late_or_says_no_or_differs_needs_its_reason(
    facts: dict[str, Any], verdict: Verdict, late: bool, why: tuple[Why, ...]
) -> None:
    clock = clocks(**facts)["n4_bacs"]
    assert needs_reason(clock, verdict, FRIDAY + (25 if late else 24) * HOUR) == why


def test_to_decide_later_is_no_decision_and_an_instant_has_its_zone() -> None:
    with pytest.raises(ValueError, match="due or not due"):
        needs_reason(clocks()["n4_bacs"], Verdict.DECIDE, FRIDAY)
    with pytest.raises(ValueError, match="time zone"):
        clocks(discovered_at=datetime(2026, 10, 23, 16, 50))  # noqa: DTZ001  (that is what is refused)


def test_a_case_goes_by_the_law_of_its_day() -> None:
    tree = LAW.model_dump(mode="json")
    for duty in tree["duties"]:
        if duty["key"] == "n4_bacs":
            duty["valid_to"] = "2026-10-23"
            tree["duties"].append({**duty, "valid_from": "2026-10-24", "valid_to": None, "limit_min": 60})
            break
    law = Law.model_validate(tree)
    facts = Facts(FRIDAY)
    limits = [
        next(clock.due_at for clock in duties(law, facts, at=at) if clock.key == "n4_bacs")
        for at in (FRIDAY, FRIDAY + 24 * HOUR)
    ]
    assert limits == [FRIDAY + 24 * HOUR, FRIDAY + HOUR]
