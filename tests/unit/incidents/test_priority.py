"""From ticked criteria to the priority (§4)."""

import pytest

from incidents.rules.priority import NotRanked, rank
from process.loader import default_document
from process.schema import Level, Priority

DOCUMENT = default_document()
MATRIX = {
    ("high", "high"): "critical",
    ("high", "medium"): "high",
    ("high", "low"): "medium",
    ("medium", "high"): "high",
    ("medium", "medium"): "medium",
    ("medium", "low"): "low",
    ("low", "high"): "medium",
    ("low", "medium"): "low",
    ("low", "low"): "low",
}


@pytest.mark.parametrize(("cell", "priority"), MATRIX.items(), ids=str)
def test_the_matrix_gives_what_the_document_says(cell, priority):
    impact, urgency = cell
    assert rank(DOCUMENT, urgency=urgency, impact=impact).priority is Priority(priority)


@pytest.mark.parametrize("criterion", DOCUMENT.urgency_criteria, ids=lambda criterion: criterion.key)
def test_each_urgency_criterion_alone_means_its_level(criterion):
    assert rank(DOCUMENT, urgency_criteria=[criterion.key], impact="low").urgency is criterion.level


@pytest.mark.parametrize("criterion", DOCUMENT.impact_criteria, ids=lambda criterion: criterion.key)
def test_each_impact_criterion_alone_means_its_level(criterion):
    assert rank(DOCUMENT, impact_criteria=[criterion.key], urgency="low").impact is criterion.level


def test_the_gravest_ticked_criterion_decides():
    every = [criterion.key for criterion in DOCUMENT.urgency_criteria]
    assert rank(DOCUMENT, urgency_criteria=every, impact="low").urgency is Level.HIGH


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"impact": "high"}, "urgency"),
        ({"urgency": "high"}, "impact"),
        ({"urgency": "urgent", "impact": "high"}, "urgency"),
        ({"urgency_criteria": ["nonsense"], "impact": "high"}, "urgency_criteria"),
        ({"urgency": "high", "impact_criteria": ["nonsense"]}, "impact_criteria"),
    ],
    ids=str,
)
def test_what_is_missing_or_unknown_is_refused_with_its_field(facts, field):
    with pytest.raises(NotRanked) as refused:
        rank(DOCUMENT, **facts)
    assert refused.value.field == field


def test_a_stated_level_may_not_contradict_the_ticked_criteria():
    low = next(c.key for c in DOCUMENT.urgency_criteria if c.level is Level.LOW)
    with pytest.raises(NotRanked, match="contradiction low"):
        rank(DOCUMENT, urgency="high", urgency_criteria=[low], impact="high")
