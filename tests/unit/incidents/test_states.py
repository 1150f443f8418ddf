"""Every state × every verb, against a table written down a second time by hand."""

import pytest

from incidents.rules.states import (
    FINAL,
    OPEN,
    TABLE,
    Status,
    Verb,
    WrongState,
    after,
    allowed_states,
    allowed_verbs,
)

N, P, H, R, C, X = (
    Status.NEW,
    Status.IN_PROGRESS,
    Status.ON_HOLD,
    Status.RESOLVED,
    Status.CLOSED,
    Status.CANCELLED,
)
NO = None
EXPECTED = {
    #                    new in_p hold resl clsd canc
    Verb.ACKNOWLEDGE: (N, P, H, NO, NO, NO),
    Verb.ASSIGN: (N, P, H, NO, NO, NO),
    Verb.START: (P, NO, NO, NO, NO, NO),
    Verb.HOLD: (NO, H, NO, NO, NO, NO),
    Verb.RESUME: (NO, NO, P, NO, NO, NO),
    Verb.COMMENT: (N, P, H, R, C, NO),
    Verb.NOTE: (N, P, H, R, C, X),
    Verb.EDIT: (N, P, H, R, NO, NO),
    Verb.ESCALATE: (N, P, H, NO, NO, NO),
    Verb.DE_ESCALATE: (N, P, H, NO, NO, NO),
    Verb.TICK: (N, P, H, NO, NO, NO),
    Verb.DISSATISFIED: (N, P, H, NO, NO, NO),
    Verb.STRATEGIC_DECISION: (N, P, H, NO, NO, NO),
    Verb.CRISIS: (N, P, H, NO, NO, NO),
    Verb.PRODUCT_CHANGE: (N, P, H, NO, NO, NO),
    Verb.EXTERNAL_COMMUNICATION: (N, P, H, NO, NO, NO),
    Verb.CONSULT: (N, P, H, R, NO, NO),
    Verb.ADVISE: (N, P, H, R, C, NO),
    Verb.SET_PRIORITY: (N, P, H, NO, NO, NO),
    Verb.CONFIRM_PRIORITY: (N, P, H, NO, NO, NO),
    Verb.REJECT_PRIORITY: (N, P, H, NO, NO, NO),
    Verb.SET_DUE: (N, P, H, NO, NO, NO),
    Verb.LINK: (N, P, H, R, C, X),
    Verb.UNLINK: (N, P, H, R, C, X),
    Verb.MERGE: (X, X, X, NO, NO, NO),
    Verb.UNMERGE: (NO, NO, NO, NO, NO, P),
    Verb.ATTACH: (N, P, H, R, C, X),
    Verb.SUSPECT_BREACH: (N, P, H, R, C, X),
    Verb.DECLARE_MAJOR: (N, P, H, NO, NO, NO),
    Verb.REJECT_MAJOR: (N, P, H, NO, NO, NO),
    Verb.DEMOTE_MAJOR: (N, P, H, R, NO, NO),
    Verb.REVIEW_DONE: (NO, NO, NO, R, NO, NO),
    Verb.TAKE_ROLE: (N, P, H, R, NO, NO),
    Verb.HAND_OVER: (N, P, H, R, NO, NO),
    Verb.SITUATION_NOTE: (N, P, H, R, NO, NO),
    Verb.SITUATION_DONE: (N, P, H, R, NO, NO),
    Verb.DECIDE: (N, P, H, R, NO, NO),
    Verb.SCHOOLS_HIT: (N, P, H, R, NO, NO),
    Verb.STAKEHOLDER_UPDATE: (N, P, H, R, NO, NO),
    Verb.RELEASE_UPDATE: (N, P, H, R, NO, NO),
    Verb.RETURN_UPDATE: (N, P, H, R, NO, NO),
    Verb.WITHDRAW_UPDATE: (N, P, H, R, NO, NO),
    Verb.RESOLVE: (R, R, R, NO, NO, NO),
    Verb.REOPEN: (NO, NO, NO, P, NO, NO),
    Verb.CLOSE: (NO, NO, NO, C, NO, NO),
    Verb.CANCEL: (X, X, X, NO, NO, NO),
    Verb.FEEDBACK: (NO, NO, NO, R, C, NO),
}


def test_the_expected_table_names_every_verb():
    assert set(EXPECTED) == set(Verb)


@pytest.mark.parametrize("verb", EXPECTED)
def test_a_verb_leads_where_the_table_says_or_is_refused(verb):
    for state, target in zip(Status, EXPECTED[verb], strict=True):
        if target is None:
            with pytest.raises(WrongState) as refused:
                after(state, verb)
            assert refused.value.allowed == allowed_states(verb)
            assert state not in refused.value.allowed
        else:
            assert after(state, verb) is target, state


def test_no_verb_leaves_a_closed_incident():
    assert {target for (state, NOverb), target in TABLE.items() if state is Status.CLOSED} == {Status.CLOSED}


def test_only_taking_a_merge_back_leaves_a_cancelled_incident():
    leaving = {verb for (state, verb), target in TABLE.items() if state is X and target is not X}
    assert leaving == {Verb.UNMERGE}


def test_every_state_but_the_final_ones_has_a_way_to_an_end():
    for start in (*OPEN, Status.RESOLVED):
        reached, frontier = {start}, [start]
        while frontier:
            here = frontier.pop()
            for verb in allowed_verbs(here):
                there = after(here, verb)
                if there not in reached:
                    reached.add(there)
                    frontier.append(there)
        assert reached & set(FINAL)


def test_a_refusal_says_what_was_tried_and_where():
    with pytest.raises(WrongState, match="'close' is not possible while the incident is 'new'"):
        after(Status.NEW, Verb.CLOSE)
