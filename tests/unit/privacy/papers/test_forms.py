"""Forms F2 to F7: every point answered, «noch unbekannt» said, an empty one named; in every language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from privacy.papers import record as of
from privacy.papers.attack import cyber_report
from privacy.papers.crime import police_record
from privacy.papers.letter import persons_letter
from privacy.papers.paper import Filling, Paper, check
from privacy.papers.pen import Pen
from privacy.papers.register import register_row
from privacy.papers.school import authority_report, school_notice
from privacy.rules.assessment import UNKNOWN, Assessment
from privacy.rules.weighing import Verdict
from privacy.schema import SchoolKind
from tests.unit.privacy.papers.cases import (
    ASSESSMENT,
    AWARE,
    CYBER,
    HEAD,
    KNOWN,
    LANGUAGES,
    LAW,
    MADE,
    POLICE,
    REGISTER,
    ROWS,
    case_record,
    papers,
    school,
    school_record,
    text_of,
)


def without(**changed: Any) -> Assessment:
    return Assessment(**{**KNOWN, **changed})


def by_point(paper: Paper) -> dict[str, Filling]:
    return {f"{found.list}/{found.point}": found.filling for found in check(paper)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_everything_known_each_form_has_all_its_points(language: str) -> None:
    for form, paper in papers(ASSESSMENT, language).items():
        assert {found.filling for found in check(paper)} == {Filling.FILLED}, form
        assert paper.warning is None
        assert (paper.form, paper.language, paper.case_number) == (form, language, "DS-2026-0007")


def test_each_form_answers_the_list_the_law_has_for_it() -> None:
    asked = {form: [entry.key for entry in paper.lists] for form, paper in papers(ASSESSMENT, "de").items()}
    swiss = {"F2": ["dsv_15_1"], "F3": ["dsv_15_1"], "F4": ["dsv_15_3"]}
    assert asked == {**swiss, "F5": ["csv_15"], "F6": ["f6"], "F7": ["f7"]}
    abroad = papers(ASSESSMENT, "de", at=school(kind=SchoolKind.EU_EEA, canton="", city="Feldkirch"))
    assert [[entry.key for entry in abroad[form].lists] for form in ("F2", "F4")] == [
        ["dsv_15_1", "gdpr_33_3"],
        ["dsv_15_3", "gdpr_34_2"],
    ]
    assert all(not found.blocks for paper in abroad.values() for found in check(paper))


MISSED = {
    "breach_types": {"F2": "a", "F7": "facts"},
    "harms": {"F2": "a", "F4": "a", "F7": "facts"},
    "occurred_from": {"F2": "b", "F7": "facts"},
    "data_categories": {"F2": "c", "F4": "a", "F7": "facts"},
    "person_categories": {"F2": "d", "F7": "facts"},
    "consequences": {"F2": "e", "F4": "e", "F7": "effects"},
    "measures_taken": {"F2": "f", "F4": "f", "F5": "measures", "F7": "measures"},
    "measures_planned": {"F2": "f", "F4": "f", "F5": "measures", "F7": "measures"},
}


@pytest.mark.parametrize("name", MISSED)
def test_an_empty_answer_blocks_and_is_named_an_unknown_one_is_said(name: str) -> None:
    for answer, filling in ((None, Filling.MISSING), (UNKNOWN, Filling.UNKNOWN)):
        made = papers(without(**{name: answer}), "de")
        for form, paper in made.items():
            point = MISSED[name].get("F2" if form == "F3" else form)
            open_ = [found for found in check(paper) if found.filling is not Filling.FILLED]
            assert [(found.point, found.filling) for found in open_] == ([(point, filling)] if point else [])
            assert (paper.warning is not None) == (bool(point) and filling is Filling.MISSING)
            if point and filling is Filling.UNKNOWN:
                assert "noch unbekannt" in text_of(paper)


def test_numbers_of_the_school_and_the_contact_are_points_too() -> None:
    lost = school_notice(school_record(at=school(persons=None, records=UNKNOWN)), "de", LAW)
    assert (by_point(lost)["dsv_15_1/d"], by_point(lost)["dsv_15_1/c"]) == (Filling.MISSING, Filling.UNKNOWN)
    nobody = replace(HEAD, contact=of.Contact("Hannes Bärtschi", "", " "))
    assert by_point(school_notice(school_record(head=nobody), "de", LAW))["dsv_15_1/g"] is Filling.MISSING


def test_without_a_cyber_attack_or_police_told_every_point_of_theirs_is_missing() -> None:
    empty = case_record(cyber=of.Cyber(), police=of.Police(), duties=())
    attack, crime = by_point(cyber_report(empty, "de", LAW)), by_point(police_record(empty, "de", LAW))
    here = {"csv_15/measures", "csv_15/reporter"}
    assert {point for point, filling in attack.items() if filling is Filling.MISSING} == attack.keys() - here
    said = {"f6/evidence": Filling.FILLED, "f6/consent": Filling.UNKNOWN}
    assert crime == {**dict.fromkeys(crime, Filling.MISSING), **said}
    unknown = replace(CYBER, attacker=UNKNOWN)
    assert by_point(cyber_report(case_record(cyber=unknown), "de", LAW))["csv_15/attacker"] is Filling.UNKNOWN


def test_what_a_school_has_to_do_is_told_by_its_own_law() -> None:
    zurich, valais = (
        text_of(school_notice(school_record(at=school(canton=canton, aware_at=MADE)), "de", LAW))
        for canton in ("ZH", "VS")
    )
    assert "§ 12a IDG Zürich" in zurich
    assert "https://www.datenschutz.ch/" in zurich
    assert "Art. 30a GIDA Wallis" in valais
    assert "IDG" not in valais
    both = text_of(school_notice(school_record(at=school(kind=SchoolKind.PRIVATE_MANDATE)), "de", LAW))
    assert "§ 12a IDG Zürich" in both
    assert "Art. 24 Abs. 1 DSG" in both
    nowhere = text_of(school_notice(school_record(at=school(kind=None)), "de", LAW))
    assert "Bitte sagen Sie uns, ob sie öffentlich oder privat ist" in nowhere
    assert ["Entwurf der Meldung" in text for text in (zurich, nowhere)] == [True, False]


def test_under_the_gdpr_the_limit_stands_there_and_a_late_report_needs_its_reason() -> None:
    at = school(kind=SchoolKind.EU_EEA, canton="", aware_at=AWARE)
    (gdpr,) = at.standing.jurisdictions
    assert "26. Oktober 2026, 15:50 Uhr" in text_of(school_notice(school_record(at=at), "de", LAW))  # winter by then
    unaware = school(kind=SchoolKind.EU_EEA, canton="")
    assert "72 Stunden, nachdem" in text_of(school_notice(school_record(at=unaware), "de", LAW))
    late = replace(HEAD, made_at=AWARE + timedelta(hours=72, seconds=1))
    for head, reason, blocks in ((HEAD, "", False), (late, "", True), (late, "Ferien", False)):
        paper = authority_report(school_record(at=at, head=head, late_reason=reason), gdpr, "de", LAW)
        assert any(found.blocks for found in check(paper)) is blocks


def test_an_authority_report_names_what_is_open_and_a_foreign_authority_is_refused() -> None:
    at = school(persons=UNKNOWN)
    paper = authority_report(school_record(without(consequences=UNKNOWN), at), at.standing.jurisdictions[0], "fr", LAW)
    open_ = next(part for part in paper.sections if part.heading == "Pas encore connu")
    assert [phrase.text for phrase in open_.paragraphs[1:]] == [
        "Responsable du traitement: Connu de l’école depuis le",
        "Personnes concernées: Nombre approximatif de personnes",
        "Conséquences et risques pour les personnes",
    ]
    with pytest.raises(ValueError, match="of this school"):
        authority_report(school_record(), school(canton="VS").standing.jurisdictions[0], "de", LAW)


def test_a_follow_up_says_its_version_and_what_is_new() -> None:
    paper = school_notice(school_record(follow_up=of.FollowUp(2, "Die Zahlen sind bekannt.")), "de", LAW)
    assert paper.title.endswith("Nachtrag, Version 2")
    assert paper.sections[0].paragraphs[0].text == "Die Zahlen sind bekannt."


@pytest.mark.parametrize(
    ("other", "said"), [(True, "Möglicherweise"), (False, "keine Schulen"), (UNKNOWN, "unbekannt"), (None, "unbekannt")]
)
def test_whether_other_cantons_are_affected_is_always_said(other: Any, said: str) -> None:
    assert f"{said}" in next(
        part.paragraphs[0].text
        for part in school_notice(school_record(other_cantons=other), "de", LAW).sections
        if part.heading == "Andere Kantone"
    )


def test_parents_are_addressed_where_minors_are_concerned() -> None:
    letters = {
        minors: persons_letter(school_record(without(minors=minors)), "de", LAW).greeting for minors in (True, False)
    }
    assert letters == {True: "Liebe Eltern", False: "Guten Tag"}


def test_school_content_goes_to_the_police_with_consent_alone() -> None:
    open_, shut = (
        police_record(case_record(police=replace(POLICE, consents=consents)), "de", LAW)
        for consents in (POLICE.consents, ())
    )
    for secret in ("Auszug Notenliste 6b", "Primarschule Hinterau", "Gymnasium Vorderberg", "54’321", "54321"):
        assert secret in text_of(open_)
        assert secret not in text_of(shut)
    assert "Abbild des Webservers" in text_of(shut)
    assert "keine Zustimmung vorliegt: 1." in text_of(shut)
    assert not any(found.blocks for found in check(shut))


def test_the_register_says_why_something_was_not_reported_and_which_clock_was_missed() -> None:
    paper = register_row(case_record(), "de", LAW)
    assert "nicht gemeldet, weil die Daten verschlüsselt waren" in text_of(paper)
    outcomes = [duty["outcome"] for duty in paper.facts["duties"]]
    assert outcomes == ["met", "missed", "not_due"]
    undecided = (*ROWS, replace(ROWS[0], verdict=Verdict.DECIDE))
    running = replace(REGISTER, closed_at=None)
    for register, filling in ((running, Filling.UNKNOWN), (REGISTER, Filling.MISSING)):
        found = by_point(register_row(case_record(duties=undecided, register=register), "de", LAW))
        assert found["f7/decisions"] is filling


def test_a_point_the_law_gains_is_missing_until_somebody_answers_it() -> None:
    (first, *rest) = LAW.contents
    new = first.points[0].model_copy(update={"key": "h"})
    law = LAW.model_copy(update={"contents": [first.model_copy(update={"points": [*first.points, new]}), *rest]})
    assert by_point(school_notice(school_record(), "de", law))["dsv_15_1/h"] is Filling.MISSING
    head = replace(HEAD, further={"dsv_15_1/h": "Versichert bei niemandem."})
    paper = school_notice(school_record(head=head), "de", law)
    assert by_point(paper)["dsv_15_1/h"] is Filling.FILLED
    assert "Versichert bei niemandem." in text_of(paper)


def test_a_list_that_left_the_law_is_not_taken_for_answered() -> None:
    law = LAW.model_copy(update={"contents": [entry for entry in LAW.contents if entry.key != "dsv_15_1"]})
    assert by_point(school_notice(school_record(), "de", law)) == {"dsv_15_1/": Filling.MISSING}


def test_french_and_italian_quote_the_law_in_german_and_say_so() -> None:
    for language, note in (("fr", "version allemande"), ("it", "versione tedesca")):
        paper = school_notice(school_record(), language, LAW)
        assert any(note in phrase.text for phrase in paper.footer)
        said = [phrase for part in paper.sections for row in part.rows for phrase in row.said]
        assert {phrase.lang for phrase in said if "Grundrechte" in phrase.text} == {"de"}
    german = school_notice(school_record(), "de", LAW)
    assert all("deutschen" not in phrase.text for phrase in german.footer)


@pytest.mark.parametrize(
    ("language", "at", "said"),
    [
        ("de", datetime(2026, 11, 23, 8, 15, tzinfo=UTC), "23. November 2026, 09:15 Uhr"),
        ("fr", datetime(2026, 12, 1, 8, 15, tzinfo=UTC), "1er décembre 2026 à 09\u202fh\u202f15"),
        ("it", datetime(2026, 3, 1, 8, 15, tzinfo=UTC), "1° marzo 2026, ore 09:15"),
        ("en", datetime(2026, 7, 1, 8, 15, tzinfo=UTC), "1 July 2026, 10:15"),
        ("de", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25. Oktober 2026, 02:30 Uhr (Sommerzeit)"),
        ("de", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25. Oktober 2026, 02:30 Uhr (Winterzeit)"),
    ],
)
def test_instants_are_written_as_people_read_them(language: str, at: datetime, said: str) -> None:
    assert Pen.of(language, LAW, HEAD).moment(at) == said


def test_a_language_we_have_no_words_of_is_refused() -> None:
    assert Pen.of("de-CH", LAW, HEAD).language == "de"
    with pytest.raises(ValueError, match="rm"):
        school_notice(school_record(), "rm", LAW)
