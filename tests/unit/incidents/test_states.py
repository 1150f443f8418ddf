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
_ = None
EXPECTED = {
    #                    new in_p hold resl clsd canc
    Verb.ACKNOWLEDGE: (N, P, H, _, _, _),
    Verb.ASSIGN: (N, P, H, _, _, _),
    Verb.START: (P, _, _, _, _, _),
    Verb.HOLD: (_, H, _, _, _, _),
    Verb.RESUME: (_, _, P, _, _, _),
    Verb.COMMENT: (N, P, H, R, C, _),
    Verb.NOTE: (N, P, H, R, C, X),
    Verb.EDIT: (N, P, H, R, _, _),
    Verb.ESCALATE: (N, P, H, _, _, _),
    Verb.SET_PRIORITY: (N, P, H, _, _, _),
    Verb.LINK: (N, P, H, R, C, X),
    Verb.UNLINK: (N, P, H, R, C, X),
    Verb.MERGE: (X, X, X, _, _, _),
    Verb.UNMERGE: (_, _, _, _, _, P),
    Verb.ATTACH: (N, P, H, R, C, X),
    Verb.PROPOSE_MAJOR: (N, P, H, _, _, _),
    Verb.RESOLVE: (R, R, R, _, _, _),
    Verb.REOPEN: (_, _, _, P, _, _),
    Verb.CLOSE: (_, _, _, C, _, _),
    Verb.CANCEL: (X, X, X, _, _, _),
    Verb.FEEDBACK: (_, _, _, R, C, _),
}
CELLS = [
    (state, verb, target) for verb, targets in EXPECTED.items() for state, target in zip(Status, targets, strict=True)
]


def test_the_expected_table_names_every_verb():
    assert set(EXPECTED) == set(Verb)


@pytest.mark.parametrize(("state", "verb", "target"), CELLS, ids=[f"{s}-{v}" for s, v, _t in CELLS])
def test_a_verb_leads_where_the_table_says_or_is_refused(state, verb, target):
    if target is None:
        with pytest.raises(WrongState) as refused:
            after(state, verb)
        assert refused.value.allowed == allowed_states(verb)
        assert state not in refused.value.allowed
    else:
        assert after(state, verb) is target


def test_no_verb_leaves_a_closed_incident():
    assert {target for (state, _verb), target in TABLE.items() if state is Status.CLOSED} == {Status.CLOSED}


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
