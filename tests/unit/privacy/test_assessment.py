"""Form F1: given, empty and «noch unbekannt» stay three different things, on paper and in JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from privacy.rules.assessment import (
    REQUIRED,
    UNKNOWN,
    Assessment,
    BadAssessment,
    BreachType,
    Decision,
    Harm,
    PersonCategory,
    SchoolHit,
    from_json,
    gaps,
    to_json,
    unknowns,
)
from privacy.rules.severity import DataCategory, Ease, Scores

AWARE = datetime(2026, 10, 23, 14, 50, tzinfo=UTC)
GIVEN: dict[str, Any] = {
    "aware_at": AWARE,
    "occurred_from": AWARE,
    "occurred_to": UNKNOWN,
    "detected_by": "Ann Ammann",
    "detected_how": "Anruf einer Schule",
    "breach_types": frozenset({BreachType.CONFIDENTIALITY, BreachType.AVAILABILITY}),
    "harms": frozenset({Harm.DISCLOSED}),
    "data_categories": frozenset({DataCategory.PERFORMANCE}),
    "person_categories": frozenset({PersonCategory.PUPILS}),
    "schools": (SchoolHit(school=7, persons=120, records=UNKNOWN),),
    "consequences": UNKNOWN,
    "measures_taken": "Zugang gesperrt",
    "measures_planned": UNKNOWN,
    "decision": Decision.CONFIRMED,
    "reason": "Abfluss bestätigt",
    "decided_by": "Hannes Bärtschi",
    "decided_at": AWARE,
}
OPTIONAL: dict[str, Any] = {
    "ongoing": False,
    "persons": 120,
    "minors": True,
    "cantons": ("ZH", "BE"),
    "scores": Scores(categories=frozenset({DataCategory.PERFORMANCE}), ease=Ease.MAXIMUM),
    "recommendations": {"n1_controller_notice": "due"},
    "recipients": UNKNOWN,
    "review_at": AWARE,
}
FULL = Assessment(**GIVEN, **OPTIONAL)
CANNOT_BE_UNKNOWN = ("decision", "reason", "decided_by", "decided_at")


def test_an_empty_form_lacks_all_that_is_required_and_a_full_one_nothing() -> None:
    assert gaps(Assessment()) == REQUIRED
    assert gaps(FULL) == ()


@pytest.mark.parametrize("name", REQUIRED)
def test_each_required_answer_is_missed_alone(name: str) -> None:
    assert gaps(Assessment(**{**GIVEN, name: None})) == (name,)


@pytest.mark.parametrize("name", [name for name in REQUIRED if name not in CANNOT_BE_UNKNOWN])
def test_not_known_yet_is_an_answer(name: str) -> None:
    assessment = Assessment(**{**GIVEN, name: UNKNOWN})
    assert gaps(assessment) == ()
    assert name in unknowns(assessment)


@pytest.mark.parametrize(
    "name", [name for name in Assessment.model_fields if name not in (*CANNOT_BE_UNKNOWN, "review_at")]
)
def test_not_known_yet_reads_back_as_such(name: str) -> None:
    text = to_json(Assessment(**{name: UNKNOWN}))  # type: ignore[arg-type]
    assert json.loads(text)[name] == {"unknown": True}
    assert getattr(from_json(text), name) == UNKNOWN


@pytest.mark.parametrize("name", CANNOT_BE_UNKNOWN)
def test_who_decided_what_when_and_why_is_never_unknown(name: str) -> None:
    with pytest.raises(ValidationError):
        Assessment(**{**GIVEN, name: UNKNOWN})


def test_no_and_nobody_and_nought_are_answers_not_gaps() -> None:
    assessment = Assessment(**{**GIVEN, "schools": (), "records": 0, "ongoing": False})
    assert gaps(assessment) == ()
    assert (assessment.schools, assessment.records, assessment.ongoing) == ((), 0, False)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("aware_at", datetime(2026, 10, 23, 14, 50)),  # noqa: DTZ001  (that is what is refused)
        ("detected_by", ""),
        ("detected_by", "   "),
        ("breach_types", frozenset()),
        ("breach_types", frozenset({"theft"})),
        ("persons", -1),
        ("persons", "120"),
        ("persons", True),
        ("ongoing", "no"),
        ("schools", (SchoolHit(school=1).model_dump() | {"name": "Other"},)),
        ("mood", "bad"),
    ],
)
def test_a_value_of_another_kind_is_refused(name: str, wrong: Any) -> None:
    with pytest.raises(ValidationError):
        Assessment(**{**GIVEN, name: wrong})


drafts = st.fixed_dictionaries({}, optional={name: st.just(value) for name, value in {**GIVEN, **OPTIONAL}.items()})


@given(drafts)
def test_whatever_was_saved_reads_back_the_same(answers: dict[str, Any]) -> None:
    saved = Assessment(**answers)
    assert from_json(to_json(saved)) == saved
    assert to_json(from_json(to_json(saved))) == to_json(saved)


def test_the_text_says_null_for_empty_and_unknown_for_unknown() -> None:
    tree = json.loads(to_json(Assessment(persons=UNKNOWN, detected_by="unknown")))
    assert tree["persons"] == {"unknown": True}
    assert tree["detected_by"] == "unknown"
    assert tree["records"] is None
    assert tree.keys() == Assessment.model_fields.keys()


@pytest.mark.parametrize("name", sorted(Assessment.model_fields))
def test_a_text_that_lacks_a_field_is_refused_by_its_name(name: str) -> None:
    tree = json.loads(to_json(FULL))
    del tree[name]
    with pytest.raises(BadAssessment) as refused:
        from_json(json.dumps(tree))
    assert refused.value.problems == [(name, "missing")]


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "{", '"x"', "NaN"])
def test_what_is_no_assessment_at_all_is_refused(text: str) -> None:
    with pytest.raises(BadAssessment):
        from_json(text)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("persons", "120"),
        ("persons", 1.5),
        ("persons", {"unknown": False}),
        ("aware_at", "2026-10-23T14:50:00"),
        ("minors", 1),
        ("decision", "maybe"),
        ("mood", "bad"),
    ],
)
def test_a_text_with_a_value_of_another_kind_is_refused_by_its_place(name: str, wrong: Any) -> None:
    tree = json.loads(to_json(FULL))
    with pytest.raises(BadAssessment) as refused:
        from_json(json.dumps({**tree, name: wrong}))
    assert refused.value.problems[0][0].startswith(name)
