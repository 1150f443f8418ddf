"""States of a data-protection case and the verbs that move it: one table (P-7.1 … P-7.5).

The case lives beside its incident: closing one says nothing about the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    SUSPECTED = "suspected"
    DPO_NOTIFIED = "dpo_notified"
    ASSESSING = "assessing"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    NOTIFYING_SCHOOLS = "notifying_schools"
    REPORTING = "reporting"
    MONITORING = "monitoring"
    CLOSED = "closed"


FINAL = (State.DISMISSED, State.CLOSED)
OPEN = tuple(state for state in State if state not in FINAL)
ANSWERED = tuple(state for state in OPEN if state is not State.SUSPECTED)
BREACH = (State.CONFIRMED, State.NOTIFYING_SCHOOLS, State.REPORTING, State.MONITORING)
"""It is certain that it happened."""


class Verb(StrEnum):
    """What can be done to a case. The API's action is the value with dashes."""

    ACKNOWLEDGE = "acknowledge"
    ASSESS = "assess"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    NOTIFY_SCHOOLS = "notify_schools"
    REPORT_AUTHORITY = "report_authority"
    REPORT_POLICE = "report_police"
    MONITOR = "monitor"
    CLOSE = "close"


_MOVES: dict[Verb, dict[State, State]] = {
    Verb.ACKNOWLEDGE: {State.SUSPECTED: State.DPO_NOTIFIED},
    Verb.ASSESS: {State.DPO_NOTIFIED: State.ASSESSING},
    Verb.CONFIRM: {State.ASSESSING: State.CONFIRMED},
    Verb.DISMISS: dict.fromkeys((State.DPO_NOTIFIED, State.ASSESSING), State.DISMISSED),
    Verb.NOTIFY_SCHOOLS: {State.CONFIRMED: State.NOTIFYING_SCHOOLS},
    Verb.REPORT_AUTHORITY: dict.fromkeys((State.CONFIRMED, State.NOTIFYING_SCHOOLS), State.REPORTING),
    Verb.MONITOR: dict.fromkeys((State.CONFIRMED, State.NOTIFYING_SCHOOLS, State.REPORTING), State.MONITORING),
    Verb.CLOSE: {State.MONITORING: State.CLOSED},
}
_STAYS: dict[Verb, tuple[State, ...]] = {
    Verb.ASSESS: (State.ASSESSING, *BREACH),
    Verb.NOTIFY_SCHOOLS: (State.NOTIFYING_SCHOOLS, State.REPORTING, State.MONITORING),
    Verb.REPORT_AUTHORITY: (State.DPO_NOTIFIED, State.ASSESSING, State.REPORTING, State.MONITORING),
    Verb.REPORT_POLICE: ANSWERED,
}
TABLE: dict[tuple[State, Verb], State] = {
    **{(state, verb): target for verb, moves in _MOVES.items() for state, target in moves.items()},
    **{(state, verb): state for verb, states in _STAYS.items() for state in states},
}


@dataclass(eq=False)
class WrongState(Exception):
    """The verb does not exist in this state; `allowed` names the states in which it does."""

    state: State
    verb: Verb
    allowed: tuple[State, ...]

    def __str__(self) -> str:
        return f"'{self.verb}' is not possible while the case is '{self.state}'"


def allowed_states(verb: Verb) -> tuple[State, ...]:
    """The states in which a verb exists, in the order of life."""
    return tuple(state for state in State if (state, verb) in TABLE)


def after(state: State, verb: Verb) -> State:
    """The state after a verb; raises WrongState when the table has no such cell."""
    try:
        return TABLE[state, verb]
    except KeyError:
        raise WrongState(state, verb, allowed_states(verb)) from None
