"""A case closes when all four gates are open, and says which are not."""

from itertools import product

import pytest

from privacy.rules.gates import LABELS, REMINDERS, Gate, Notice, Shut, shut

DONE = Notice("a", is_acknowledged=True)


@pytest.mark.parametrize(("gaps", "silent", "undecided", "reviewed"), list(product([False, True], repeat=4)))
def test_every_combination_names_exactly_what_is_missing(gaps: bool, silent: bool, undecided: bool, reviewed: bool):
    found = shut(
        assessment_gaps=["reason"] if gaps else [],
        notices=[DONE, Notice("b")] if silent else [DONE],
        undecided_duties=["n2_authority/b"] if undecided else [],
        review_done=reviewed,
    )
    wanted = [
        Shut(Gate.ASSESSMENT, ("reason",)) if gaps else None,
        Shut(Gate.SCHOOLS, ("b",)) if silent else None,
        Shut(Gate.DUTIES, ("n2_authority/b",)) if undecided else None,
        None if reviewed else Shut(Gate.REVIEW),
    ]
    assert found == [gate for gate in wanted if gate]


@pytest.mark.parametrize("reminders", range(REMINDERS + 2))
def test_a_silent_school_holds_the_case_until_its_third_reminder(reminders: int):
    assert Notice("a", reminders=reminders).is_settled == (reminders >= 3)


def test_every_gate_has_a_label_in_both_languages():
    assert set(LABELS) == set(Gate)
    assert all(label.de != label.en for label in LABELS.values())
