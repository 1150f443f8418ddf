"""SE = DPC × EI + CB, against the worked examples and against what must hold for any judgement."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from privacy.rules.severity import Band, Context, DataCategory, Ease, Loss, Scores, Severity, band_of, weigh

STEPS = {Loss.NONE: 0.0, Loss.PARTIAL: 0.25, Loss.FULL: 0.5}
EASES = {Ease.NEGLIGIBLE: 0.25, Ease.LIMITED: 0.5, Ease.SIGNIFICANT: 0.75, Ease.MAXIMUM: 1.0}
losses = st.sampled_from(Loss)
judgements = st.builds(
    Scores,
    categories=st.frozensets(st.sampled_from(DataCategory), min_size=1),
    context=st.frozensets(st.sampled_from(Context)),
    ease=st.sampled_from(Ease),
    confidentiality=losses,
    integrity=losses,
    availability=losses,
    malicious=st.booleans(),
    over_100_persons=st.booleans(),
    unintelligible=st.booleans(),
)


def judged(
    *categories: DataCategory, ease: Ease = Ease.MAXIMUM, context: frozenset[Context] = frozenset(), **more: Any
):
    """The severity of a breach of these data."""
    return weigh(Scores(categories=frozenset(categories), ease=ease, context=context, **more))


def test_a_class_list_that_went_to_the_wrong_but_known_teacher_is_low() -> None:
    severity = judged(DataCategory.CONTACT, confidentiality=Loss.PARTIAL)
    assert (severity.score, severity.band) == (1.25, Band.LOW)
    assert (severity.is_major, severity.management_level, severity.crisis_communication) == (False, None, False)


def test_blackmail_with_grades_that_flowed_out_is_high_a_major_and_calls_level_two() -> None:
    severity = judged(DataCategory.PERFORMANCE, confidentiality=Loss.FULL, availability=Loss.PARTIAL, malicious=True)
    assert (severity.score, severity.band) == (3.25, Band.HIGH)
    assert (severity.is_major, severity.management_level, severity.crisis_communication) == (True, 2, False)


def test_a_special_needs_report_that_went_to_strangers_is_very_high_and_calls_the_board() -> None:
    severity = judged(DataCategory.SENSITIVE, confidentiality=Loss.FULL)
    assert (severity.score, severity.band) == (4.5, Band.VERY_HIGH)
    assert (severity.is_major, severity.management_level, severity.crisis_communication) == (True, 3, True)


@pytest.mark.parametrize(
    ("score", "band"),
    [(0.25, Band.LOW), (1.99, Band.LOW), (2, Band.MEDIUM), (2.99, Band.MEDIUM), (3, Band.HIGH), (4, Band.VERY_HIGH)],
)
def test_a_bound_belongs_to_the_graver_band(score: float, band: Band) -> None:
    assert band_of(score) is band


def test_the_heaviest_category_counts_and_credentials_weigh_what_they_open() -> None:
    assert judged(DataCategory.CONTACT, DataCategory.FINANCE).score == 3
    assert judged(DataCategory.CREDENTIALS, DataCategory.CONTACT).score == 1
    assert judged(DataCategory.CREDENTIALS).score == 4


def test_context_shifts_the_weight_and_never_beyond_one_and_four() -> None:
    assert judged(DataCategory.CONTACT, context=frozenset({Context.MINORS})).score == 2
    assert judged(DataCategory.SENSITIVE, context=frozenset({Context.MINORS, Context.LARGE_VOLUME})).score == 4
    assert judged(DataCategory.CONTACT, context=frozenset({Context.PUBLIC, Context.INVALID})).score == 1


def test_the_number_of_people_and_encryption_are_said_and_not_counted() -> None:
    plain = judged(DataCategory.CONTACT)
    told = judged(DataCategory.CONTACT, over_100_persons=True, unintelligible=True)
    assert told.score == plain.score
    assert [line.factor for line in told.lines if line.points is None] == ["over_100_persons", "unintelligible"]


@pytest.mark.parametrize("wrong", [{"categories": frozenset()}, {"ease": "maximum"}, {"malicious": 1}, {"persons": 3}])
def test_a_judgement_of_another_kind_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Scores(**{"categories": frozenset({DataCategory.CONTACT}), "ease": Ease.MAXIMUM, **wrong})


def explained(severity: Severity) -> float:
    """The score counted again from its own lines."""
    points = {line.factor: line.points or 0.0 for line in severity.lines}
    weight = points["data"] + sum(points.get(entry, 0) for entry in Context)
    added = sum(points.get(name, 0) for name in ("confidentiality", "integrity", "availability", "malicious"))
    return min(4, max(1, weight)) * points["ease"] + added


@given(judgements)
def test_every_score_follows_from_its_lines_and_stays_on_the_scale(scores: Scores) -> None:
    severity = weigh(scores)
    assert severity.score == explained(severity)
    assert 0.25 <= severity.score <= 6
    assert severity.band is band_of(severity.score)
    assert all(line.text.de and line.text.en for line in severity.lines)


@given(judgements, st.sampled_from(["confidentiality", "integrity", "availability"]))
def test_more_loss_is_never_less_severe(scores: Scores, what: str) -> None:
    found = [weigh(scores.model_copy(update={what: loss})).score for loss in Loss]
    assert found == sorted(found)
    assert found[-1] - found[0] == 0.5


@given(judgements)
def test_being_easier_to_recognise_is_never_less_severe(scores: Scores) -> None:
    found = [weigh(scores.model_copy(update={"ease": ease})).score for ease in Ease]
    assert found == sorted(found)
    assert weigh(scores.model_copy(update={"malicious": True})).score >= weigh(scores).score
