"""The shipped law file is complete and honest about what it does not know, and a wrong one is refused with its line."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from directory.models import School
from privacy.law import default_law, default_text, parse
from privacy.schema import ROOMS, Law, SchoolKind
from process.loader import BadDocument
from process.schema.policy import CANTONS

LAW = default_law()
TREE = LAW.model_dump(mode="json")
ENTRIES = [(room, entry) for room in ROOMS for entry in getattr(LAW, room)]
REFERENCES = [
    ("sources", "source: [L22, P]", "source: [L22, L99]", "regimes[cantonal_public].source[2]", "a known source"),
    (
        "combines",
        "combines: [private_ch]",
        "combines: [private]",
        "regimes[self].combines[1]",
        "a known regime with a rule",
    ),
    ("regimes", "regimes: [eu_eea]", "regimes: [eu]", "authorities[lead_authority].regimes[1]", "a known regime"),
    ("contents", "contents: [csv_15]", "contents: [csv]", "duties[n4_bacs].contents[1]", "a known list of contents"),
    ("canton", "canton: ZG", "canton: ZZ", "authorities[canton_zg].canton", "text that matches"),
    ("url", 'url: "https://zg.ch', 'url: "zg.ch', "authorities[canton_zg].url", "text that matches"),
    ("limit", "limit_min: 1440", "limit_min: 0", "duties[n4_bacs].limit_min", "greater than or equal to 1"),
    ("when", "when: criminal", "when: criminl", "duties[n6_police].when", "'criminal'"),
    (
        "typing",
        "is_placeholder: true\n",
        "is_placeholdr: true\n",
        "authorities[lead_authority].is_placeholdr",
        "did you mean 'is_placeholder'",
    ),
    ("alarms", "alarms: [50,", "alarms: [95,", "", "alarms that rise"),
    ("twice", "key: city_thun", "key: city_bern", "authorities[city_bern].valid_from", "once at a time"),
    ("rule", "    combines: [private_ch]\n", "", "regimes[self]", "either a report rule or the regimes"),
]


@pytest.mark.parametrize(("room", "entry"), ENTRIES, ids=[f"{room}-{entry.key}" for room, entry in ENTRIES])
def test_every_entry_has_a_source_and_a_validity_and_waits_for_counsel(room: str, entry: Any) -> None:
    assert LAW.sources_of(entry)
    assert date(2018, 1, 1) <= entry.valid_from
    assert entry.holds_on(date(2026, 11, 23))
    assert not entry.confirmed_by_counsel


def test_every_kind_of_school_has_one_regime_and_every_duty_of_the_dossier_is_there() -> None:
    assert sorted(regime.applies_to for regime in LAW.regimes) == sorted(SchoolKind)
    assert {duty.code for duty in LAW.duties} == {"F1", *(f"N{number}" for number in range(1, 9))}


def test_the_directory_knows_the_kinds_of_schools_the_law_knows() -> None:
    assert set(School.LegalKind.values) == set(SchoolKind) - {SchoolKind.OWN}


def test_every_canton_has_one_office_and_one_nobody_looked_up_has_no_address() -> None:
    cantonal = [entry for entry in LAW.authorities if entry.canton and not entry.city]
    assert sorted(entry.canton for entry in cantonal if entry.canton) == CANTONS.split()
    for entry in LAW.authorities:
        assert not (entry.is_placeholder and (entry.url or entry.channel or entry.report))


def test_only_the_union_and_the_cyber_attack_have_limits_in_figures() -> None:
    assert [(entry.key, entry.report.limit_hours) for entry in LAW.regimes if entry.report] == [
        ("cantonal_public", None),
        ("private_ch", None),
        ("eu_eea", 72),
    ]
    assert {duty.key: duty.limit_min for duty in LAW.duties if duty.limit_min} == {
        "n4_bacs": 24 * 60,
        "n4_bacs_supplement": 14 * 24 * 60,
    }


def test_the_seven_points_of_the_ordinance_are_there_and_persons_get_four_of_them() -> None:
    points = {content.key: [point.key for point in content.points] for content in LAW.contents}
    assert points["dsv_15_1"] == list("abcdefg")
    assert points["dsv_15_3"] == list("aefg")
    assert points["gdpr_33_3"] == list("abcd")


def test_a_stored_law_reads_back_the_same() -> None:
    assert Law.model_validate(TREE) == LAW


@pytest.mark.parametrize(
    ("good", "bad", "path", "expected"), [case[1:] for case in REFERENCES], ids=[case[0] for case in REFERENCES]
)
def test_a_wrong_entry_is_named_by_line_and_path(good: str, bad: str, path: str, expected: str) -> None:
    text = default_text()
    assert good in text
    with pytest.raises(BadDocument) as refused:
        parse(text.replace(good, bad, 1))
    assert any(problem.path == path and expected in problem.message for problem in refused.value.problems), (
        refused.value
    )
    assert all(problem.line >= 1 for problem in refused.value.problems)


def changed(room: str, key: str, **values: Any) -> dict[str, Any]:
    """The tree of the law with other values in one entry."""
    return {**TREE, room: [{**entry, **values} if entry["key"] == key else entry for entry in TREE[room]]}


def test_a_new_law_follows_the_old_one_under_the_same_key() -> None:
    tree = changed("authorities", "canton_zh", valid_to="2027-06-30")
    old = next(entry for entry in tree["authorities"] if entry["key"] == "canton_zh")
    tree["authorities"].append({**old, "valid_from": "2027-07-01", "valid_to": None})
    assert len(Law.model_validate(tree).authorities) == len(LAW.authorities) + 1


@pytest.mark.parametrize(
    ("room", "key", "values", "expected"),
    [
        ("authorities", "edoeb", {"valid_to": "2020-01-01"}, "begin before it ends"),
        ("authorities", "edoeb", {"city": "Bern"}, "the canton the city lies in"),
        ("duties", "n3_data_subjects", {"recommend": {"by": "severity", "due_from": 3}}, "decide_from and due_from"),
        ("duties", "n3_data_subjects", {"recommend": {"by": "ask", "due_from": 3, "decide_from": 2}}, "only there"),
        (
            "duties",
            "n3_data_subjects",
            {"recommend": {"by": "severity", "due_from": 1, "decide_from": 2}},
            "this order",
        ),
        ("regimes", "self", {"combines": ["private_public_mandate"]}, "a known regime with a rule"),
        ("duties", "n4_bacs", {"source": []}, "at least 1"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(
    room: str, key: str, values: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ValidationError, match=expected):
        Law.model_validate(changed(room, key, **values))
