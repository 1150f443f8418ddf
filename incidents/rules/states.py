"""States of an incident and the verbs that move it: one table, read by the services, the API docs and the tests.

Acknowledged, major, data protection and restoration are facts beside the state, never states (ADR 0003).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where an incident stands."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OPEN = (Status.NEW, Status.IN_PROGRESS, Status.ON_HOLD)
LIVE = (*OPEN, Status.RESOLVED)
FINAL = (Status.CLOSED, Status.CANCELLED)


class Verb(StrEnum):
    """What a person, program or rule can do to an incident. The API's action is the value with dashes."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    COMMENT = "comment"
    NOTE = "note"
    EDIT = "edit"
    ESCALATE = "escalate"
    DE_ESCALATE = "de_escalate"
    TICK = "tick"
    DISSATISFIED = "dissatisfied"
    STRATEGIC_DECISION = "strategic_decision"
    CRISIS = "crisis"
    PRODUCT_CHANGE = "product_change"
    EXTERNAL_COMMUNICATION = "external_communication"
    CONSULT = "consult"
    ADVISE = "advise"
    SET_PRIORITY = "set_priority"
    CONFIRM_PRIORITY = "confirm_priority"
    REJECT_PRIORITY = "reject_priority"
    SET_DUE = "set_due"
    LINK = "link"
    UNLINK = "unlink"
    MERGE = "merge"
    UNMERGE = "unmerge"
    ATTACH = "attach"
    SUSPECT_BREACH = "suspect_breach"
    DECLARE_MAJOR = "declare_major"
    REJECT_MAJOR = "reject_major"
    DEMOTE_MAJOR = "demote_major"
    REVIEW_DONE = "review_done"
    TAKE_ROLE = "take_role"
    HAND_OVER = "hand_over"
    SITUATION_NOTE = "situation_note"
    SITUATION_DONE = "situation_done"
    DECIDE = "decide"
    SCHOOLS_HIT = "schools_hit"
    STAKEHOLDER_UPDATE = "stakeholder_update"
    RELEASE_UPDATE = "release_update"
    RETURN_UPDATE = "return_update"
    WITHDRAW_UPDATE = "withdraw_update"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"
    CANCEL = "cancel"
    FEEDBACK = "feedback"


STAY = "stay"

_MOVES: dict[Verb, dict[Status, Status]] = {
    Verb.START: {Status.NEW: Status.IN_PROGRESS},
    Verb.HOLD: {Status.IN_PROGRESS: Status.ON_HOLD},
    Verb.RESUME: {Status.ON_HOLD: Status.IN_PROGRESS},
    Verb.RESOLVE: dict.fromkeys(OPEN, Status.RESOLVED),
    Verb.REOPEN: {Status.RESOLVED: Status.IN_PROGRESS},
    Verb.CLOSE: {Status.RESOLVED: Status.CLOSED},
    Verb.CANCEL: dict.fromkeys(OPEN, Status.CANCELLED),
    Verb.MERGE: dict.fromkeys(OPEN, Status.CANCELLED),
    Verb.UNMERGE: {Status.CANCELLED: Status.IN_PROGRESS},
}
_STAYS: dict[Verb, tuple[Status, ...]] = {
    Verb.ACKNOWLEDGE: OPEN,
    Verb.ASSIGN: OPEN,
    Verb.ESCALATE: OPEN,
    Verb.DE_ESCALATE: OPEN,
    Verb.TICK: OPEN,
    Verb.DISSATISFIED: OPEN,
    Verb.STRATEGIC_DECISION: OPEN,
    Verb.CRISIS: OPEN,
    Verb.PRODUCT_CHANGE: OPEN,
    Verb.EXTERNAL_COMMUNICATION: OPEN,
    Verb.CONSULT: LIVE,
    Verb.ADVISE: (*LIVE, Status.CLOSED),
    Verb.SET_PRIORITY: OPEN,
    Verb.CONFIRM_PRIORITY: OPEN,
    Verb.REJECT_PRIORITY: OPEN,
    Verb.SET_DUE: OPEN,
    Verb.DECLARE_MAJOR: OPEN,
    Verb.REJECT_MAJOR: OPEN,
    Verb.DEMOTE_MAJOR: LIVE,
    Verb.REVIEW_DONE: (Status.RESOLVED,),
    Verb.TAKE_ROLE: LIVE,
    Verb.HAND_OVER: LIVE,
    Verb.SITUATION_NOTE: LIVE,
    Verb.SITUATION_DONE: LIVE,
    Verb.DECIDE: LIVE,
    Verb.SCHOOLS_HIT: LIVE,
    Verb.STAKEHOLDER_UPDATE: LIVE,
    Verb.RELEASE_UPDATE: LIVE,
    Verb.RETURN_UPDATE: LIVE,
    Verb.WITHDRAW_UPDATE: LIVE,
    Verb.EDIT: LIVE,
    Verb.COMMENT: (*LIVE, Status.CLOSED),
    Verb.NOTE: tuple(Status),
    Verb.LINK: tuple(Status),
    Verb.UNLINK: tuple(Status),
    Verb.ATTACH: tuple(Status),
    Verb.SUSPECT_BREACH: tuple(Status),
    Verb.FEEDBACK: (Status.RESOLVED, Status.CLOSED),
}

TABLE: dict[tuple[Status, Verb], Status] = {
    **{(state, verb): target for verb, moves in _MOVES.items() for state, target in moves.items()},
    **{(state, verb): state for verb, states in _STAYS.items() for state in states},
}


@dataclass(eq=False)
class WrongState(Exception):
    """The verb does not exist in this state; `allowed` names the states in which it does."""

    status: Status
    verb: Verb
    allowed: tuple[Status, ...]

    def __str__(self) -> str:
        return f"'{self.verb}' is not possible while the incident is '{self.status}'"


def allowed_states(verb: Verb) -> tuple[Status, ...]:
    """The states in which a verb exists, in the order of life."""
    return tuple(state for state in Status if (state, verb) in TABLE)


def allowed_verbs(status: Status) -> tuple[Verb, ...]:
    """The verbs a state offers."""
    return tuple(verb for verb in Verb if (status, verb) in TABLE)


def after(status: Status, verb: Verb) -> Status:
    """The state after a verb; raises WrongState when the table has no such cell."""
    try:
        return TABLE[status, verb]
    except KeyError:
        raise WrongState(status, verb, allowed_states(verb)) from None
