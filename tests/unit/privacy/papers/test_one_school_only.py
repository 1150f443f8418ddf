"""A paper for one school holds nothing of another: not its name, not its numbers, not those of the whole case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.papers.letter import persons_letter
from privacy.papers.paper import Paper, names_in
from privacy.papers.record import Breach
from privacy.papers.school import authority_report, school_notice
from privacy.rules.assessment import UNKNOWN, Assessment, SchoolHit
from privacy.schema import SchoolKind
from tests.unit.privacy.papers.cases import KNOWN, LANGUAGES, LAW, MADE, school, school_record, text_of

NAMES = st.text("ABCDEFGHXYZabcxyzäöü -<>&\"'\\", min_size=12, max_size=30).filter(lambda name: name.strip() == name)
NUMBERS = st.integers(10**7, 10**8)  # as long as nothing else in a paper
PLACES = st.sampled_from([(SchoolKind.PUBLIC, "ZH"), (SchoolKind.PRIVATE, "BE"), (SchoolKind.EU_EEA, ""), (None, "VS")])


@given(names=st.tuples(NAMES, NAMES), numbers=st.lists(NUMBERS, min_size=6, max_size=6, unique=True), places=PLACES)
def test_no_paper_for_a_school_says_anything_of_the_other(names, numbers, places) -> None:
    ours, theirs = names
    hits = (SchoolHit(school=1, persons=numbers[0], records=numbers[1]), SchoolHit(school=2, persons=numbers[2]))
    assessment = Assessment(**{**KNOWN, "schools": hits, "persons": numbers[3], "records": numbers[4]})
    at = school("1", f"A{ours}", places[0], places[1], persons=numbers[0], records=numbers[1])
    record = school_record(assessment, at)
    found: list[Paper] = [school_notice(record, "de", LAW), persons_letter(record, "it", LAW)]
    found += [authority_report(record, entry, "fr", LAW) for entry in at.standing.jurisdictions]
    for paper in found:
        assert names_in(paper, [f"B{theirs}"]) == ()
        for number in numbers[2:]:
            written = {str(number), *(f"{number:,}".replace(",", mark) for mark in ("’", "\u202f", ","))}
            assert not any(text in text_of(paper) for text in written)
    assert names_in(found[0], [f"A{ours}"]) == (f"A{ours}",)


def test_of_an_assessment_only_what_concerns_everybody_reaches_a_school() -> None:
    particular = {"schools", "persons", "records", "cantons", "recipients", "detected_by", "detected_how", "reason"}
    assert not particular & {*Breach.__dataclass_fields__}


def test_the_clock_of_another_school_is_refused() -> None:
    foreign = school("8", aware_at=MADE)
    assert foreign.clocks
    with pytest.raises(ValueError, match="this school alone"):
        replace(foreign, key="7")


def test_a_name_that_came_in_by_somebodys_own_words_is_found() -> None:
    careless = Assessment(**{**KNOWN, "consequences": "Wie bei der «Schule Vorderberg».", "measures_taken": UNKNOWN})
    for language in LANGUAGES:
        paper = school_notice(school_record(careless), language, LAW)
        assert names_in(paper, ["Schule vorderberg", "Schule Hinterwald", ""]) == ("Schule vorderberg",)
