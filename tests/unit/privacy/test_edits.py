"""The officer's edits: one entry at a time, a successor from a day on, and what changed between two versions."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import clean
from privacy.law import as_text, default_law, parse
from privacy.rules.comparing import FieldChange, compare
from privacy.rules.edits import add_authority, add_source, change, entry_of, succeed, tree_of
from privacy.rules.regimes import regime_of
from privacy.schema import Entry, Law, Point
from process.loader import read_as
from tests.conftest import MONDAY_MORNING

LAW = default_law()
NEW_ACT = {("valid_from",): "2027-07-01", ("report", "limit_hours"): 48, ("confirmed_by_counsel",): None}


def found(room: str, key: str, day: str = "2026-01-01") -> Entry:
    entry = entry_of(LAW, room, key, date.fromisoformat(day))
    assert entry is not None
    return entry


def after(tree: dict[str, object]) -> Law:
    return parse(as_text(tree))


def test_the_shipped_law_survives_being_written_and_read() -> None:
    assert after(tree_of(LAW)) == LAW


@given(st.text(min_size=1).map(lambda text: clean(text).strip()).filter(bool))
def test_any_text_survives_being_written_and_read(text: str) -> None:
    point = {"key": "facts", "label": {"de": text, "en": f"{text}: #"}}
    assert read_as(Point, as_text(point)).document.model_dump() == point


def test_only_what_was_changed_changes_and_an_emptied_value_is_gone() -> None:
    office = found("authorities", "canton_zh")
    changed = after(change(LAW, "authorities", office, {("url",): "", ("confirmed_by_counsel",): True}))
    [told] = compare(LAW.model_dump(mode="json"), changed.model_dump(mode="json"))
    assert (told.what, told.room, told.entry["key"]) == ("changed", "authorities", "canton_zh")
    assert {field.path: field.after for field in told.fields} == {("url",): None, ("confirmed_by_counsel",): True}


def test_a_value_inside_another_is_taken_away_with_what_is_empty_around_it() -> None:
    office = found("authorities", "canton_zh")
    changed = change(
        LAW, "authorities", office, {("open_question", "de"): "", ("open_question", "en"): "", ("channel", "de"): "Neu"}
    )
    entry = next(entry for entry in changed["authorities"] if entry["key"] == "canton_zh")
    assert "open_question" not in entry
    assert entry["channel"]["de"] == "Neu"


def test_a_new_law_from_a_day_on_closes_the_old_entry_the_day_before() -> None:
    law = after(succeed(LAW, "authorities", found("authorities", "canton_zh"), NEW_ACT))
    old, new = [entry for entry in law.authorities if entry.key == "canton_zh"]
    assert (old.valid_to, new.valid_from, new.valid_to) == (date(2027, 6, 30), date(2027, 7, 1), None)
    for year, hours in ((2026, None), (2027, 48)):
        at = MONDAY_MORNING.replace(year=year)
        [place] = regime_of(law, "public", "ZH", "", at).jurisdictions
        assert place.rule is not None
        assert place.rule.limit_hours == hours
    told = compare(LAW.model_dump(mode="json"), law.model_dump(mode="json"))
    assert [(change.what, change.entry["valid_from"]) for change in told] == [
        ("changed", "2026-01-01"),
        ("added", "2027-07-01"),
    ]
    assert told[0].fields == (FieldChange(("valid_to",), None, "2027-06-30"),)


def test_a_new_authority_gets_a_key_of_its_own_and_is_found() -> None:
    values = {
        ("label", "de"): "Datenschutzstelle der Stadt Übersee",
        ("label", "en"): "Office of Übersee",
        ("regimes",): ["cantonal_public"],
        ("canton",): "ZH",
        ("city",): "Übersee",
        ("source",): ["P"],
        ("valid_from",): "2026-01-01",
    }
    law = after(add_authority(after(add_authority(LAW, values)), {**values, ("city",): "Übersee Nord"}))
    assert law.authorities[-2].key == "authority_zh_ubersee_datenschutzstel"
    assert len({entry.key for entry in law.authorities}) == len(law.authorities)
    [place] = regime_of(law, "public", "ZH", "Übersee", MONDAY_MORNING).jurisdictions
    assert place.authority is not None
    assert place.authority.label.de == "Datenschutzstelle der Stadt Übersee"


def test_a_new_source_can_be_named() -> None:
    law = after(add_source(LAW, "L99", {"de": "Gutachten", "en": "Opinion"}))
    assert law.sources[-1].tag == "L99"
    [told] = compare(LAW.model_dump(mode="json"), law.model_dump(mode="json"))
    assert (told.what, told.room, told.entry["tag"]) == ("added", "sources", "L99")


@pytest.mark.parametrize("room", ["", "duties"])
def test_the_same_law_has_no_differences_and_its_own_values_are_compared_too(room: str) -> None:
    data = LAW.model_dump(mode="json")
    assert compare(data, data) == []
    told = compare(data, {**data, room: data[room][1:]} if room else {**data, "alarms": [50, 100]})
    assert [(change.what, change.room) for change in told] == [("removed" if room else "changed", room)]
