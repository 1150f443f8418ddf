"""Every state × every verb of a case, against a table written down a second time by hand."""

import pytest

from privacy.rules.states import FINAL, TABLE, State, Verb, WrongState, after, allowed_states

SU, DN, AS, CO, DI, NS, RE, MO, CL = State
NO = None
EXPECTED = {
    #                     susp noti asse conf dism scho repo moni clos
    Verb.ACKNOWLEDGE: (DN, NO, NO, NO, NO, NO, NO, NO, NO),
    Verb.ASSESS: (NO, AS, AS, CO, NO, NS, RE, MO, NO),
    Verb.CONFIRM: (NO, NO, CO, NO, NO, NO, NO, NO, NO),
    Verb.DISMISS: (NO, DI, DI, NO, NO, NO, NO, NO, NO),
    Verb.NOTIFY_SCHOOLS: (NO, NO, NO, NS, NO, NS, RE, MO, NO),
    Verb.REPORT_AUTHORITY: (NO, DN, AS, RE, NO, RE, RE, MO, NO),
    Verb.REPORT_POLICE: (NO, DN, AS, CO, NO, NS, RE, MO, NO),
    Verb.MONITOR: (NO, NO, NO, MO, NO, MO, MO, NO, NO),
    Verb.CLOSE: (NO, NO, NO, NO, NO, NO, NO, CL, NO),
}


def allowed(state):
    """The verbs a state offers."""
    return [verb for verb in Verb if (state, verb) in TABLE]


def test_the_expected_table_names_every_verb():
    assert set(EXPECTED) == set(Verb)


@pytest.mark.parametrize("verb", EXPECTED)
def test_a_verb_leads_where_the_table_says_or_is_refused(verb):
    for state, target in zip(State, EXPECTED[verb], strict=True):
        if target is None:
            with pytest.raises(WrongState, match=f"'{verb}' is not possible while the case is '{state}'") as refused:
                after(state, verb)
            assert refused.value.allowed == allowed_states(verb)
            assert verb not in allowed(state)
        else:
            assert after(state, verb) is target, state
            assert verb in allowed(state)


def test_nothing_happens_any_more_once_a_case_is_over():
    assert [state for state in State if not allowed(state)] == list(FINAL)


def test_every_state_is_reached_and_leads_to_an_end():
    reached, frontier = {SU}, [SU]
    while frontier:
        here = frontier.pop()
        ahead = {after(here, verb) for verb in allowed(here)} - reached
        reached |= ahead
        frontier += ahead
    assert reached == set(State)
    for state in set(State) - set(FINAL):
        assert {target for (origin, _verb), target in TABLE.items() if origin is state} - {state}


def test_the_police_can_be_told_from_the_first_answer_on_and_nothing_moves():
    assert allowed_states(Verb.REPORT_POLICE) == (DN, AS, CO, NS, RE, MO)
    assert all(after(state, Verb.REPORT_POLICE) is state for state in allowed_states(Verb.REPORT_POLICE))
