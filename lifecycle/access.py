"""Who may do what: one table from action to roles (§14), asked by every verb before anything else."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.actors import SYSTEM, Actor
from directory.models import Person
from directory.selectors import roles_of
from incidents.rules.states import Verb
from lifecycle.errors import Forbidden

SUPPORT, DEVELOPMENT, HEAD = "support", "development", "head_of_development"
DPO, IT, MANAGER, BOARD = "dpo", "it_manager", "project_manager", "executive_board"

ALL = frozenset({SUPPORT, DEVELOPMENT, HEAD, DPO, IT, MANAGER, BOARD})
DESK = frozenset({SUPPORT, DEVELOPMENT, HEAD, IT, MANAGER})
LEADS = frozenset({HEAD, MANAGER, BOARD})

TAKE_CONTACT = "take_contact"
CLASSIFY = "classify"
OPEN = "open"
OVERRIDE_PRIORITY = "override_priority"
HOLD_CRITICAL_LONG = "hold_critical_long"
MANAGE_PEOPLE = "manage_people"
RESET_SECOND_FACTOR = "reset_second_factor"
MANAGE_SOURCES = "manage_sources"
MANAGE_KEYS = "manage_keys"
MANAGE_PROCESS = "manage_process"
REPLAY = "replay"
SEE_HEALTH = "see_health"
SEE_SETTINGS = "see_settings"
SEE_RETENTION = "see_retention"
SEE_ON_CALL = "see_on_call"
SEE_FIGURES = "see_figures"
EDIT_REPORTS = "edit_reports"
EDIT_ROTAS = "edit_rotas"
EDIT_TEAM = "edit_team"
START_DRILL = "start_drill"
PUBLISH_MAINTENANCE = "publish_maintenance"
EDIT_STATUS_PAGE = "edit_status_page"
GET_OFFLINE_KIT = "get_offline_kit"
ASK_WHAT_IF = "ask_what_if"

_ROLES: dict[str, frozenset[str]] = {
    TAKE_CONTACT: ALL,
    CLASSIFY: DESK,
    OPEN: ALL,
    Verb.ACKNOWLEDGE: ALL,
    Verb.ASSIGN: DESK,
    Verb.START: DESK | {DPO},
    Verb.HOLD: DESK | {DPO},
    Verb.RESUME: DESK | {DPO},
    Verb.COMMENT: DESK | {DPO, BOARD},
    Verb.NOTE: ALL,
    Verb.EDIT: DESK | {DPO},
    Verb.ESCALATE: ALL,
    Verb.DE_ESCALATE: ALL,
    Verb.TICK: ALL,
    Verb.DISSATISFIED: ALL,
    Verb.STRATEGIC_DECISION: frozenset({BOARD}),
    Verb.CRISIS: frozenset({BOARD}),
    Verb.PRODUCT_CHANGE: frozenset({MANAGER, BOARD}),
    Verb.EXTERNAL_COMMUNICATION: frozenset({MANAGER, BOARD}),
    Verb.CONSULT: DESK | {DPO},
    Verb.ADVISE: ALL,
    Verb.SET_PRIORITY: DESK,
    Verb.CONFIRM_PRIORITY: DESK,
    Verb.REJECT_PRIORITY: DESK,
    Verb.SET_DUE: LEADS,
    OVERRIDE_PRIORITY: LEADS,
    HOLD_CRITICAL_LONG: LEADS,
    Verb.LINK: ALL,
    Verb.UNLINK: DESK,
    Verb.MERGE: DESK,
    Verb.UNMERGE: DESK,
    Verb.ATTACH: ALL,
    Verb.SUSPECT_BREACH: ALL,
    Verb.DECLARE_MAJOR: ALL,
    Verb.REJECT_MAJOR: ALL,
    Verb.DEMOTE_MAJOR: ALL,
    Verb.REVIEW_DONE: ALL,
    **dict.fromkeys((Verb.TAKE_ROLE, Verb.HAND_OVER, Verb.SITUATION_NOTE, Verb.SITUATION_DONE), ALL),
    **dict.fromkeys((Verb.DECIDE, Verb.SCHOOLS_HIT, Verb.STAKEHOLDER_UPDATE), ALL),
    **dict.fromkeys((Verb.RELEASE_UPDATE, Verb.RETURN_UPDATE, Verb.WITHDRAW_UPDATE), ALL),
    Verb.RESOLVE: DESK,
    Verb.REOPEN: DESK | {DPO, BOARD},
    Verb.CLOSE: frozenset({SUPPORT, DEVELOPMENT, HEAD, MANAGER}),
    Verb.CANCEL: frozenset({SUPPORT, HEAD, MANAGER}),
    Verb.FEEDBACK: DESK | {BOARD},
    SEE_HEALTH: ALL,
    SEE_SETTINGS: ALL,
    SEE_RETENTION: frozenset({DPO, IT}),
    SEE_ON_CALL: ALL,
    SEE_FIGURES: LEADS | {IT, SUPPORT},
    EDIT_REPORTS: LEADS | {IT},
    EDIT_TEAM: frozenset({IT, HEAD, MANAGER}),
    EDIT_ROTAS: frozenset({IT, HEAD, MANAGER}),
    START_DRILL: LEADS | {IT},
    PUBLISH_MAINTENANCE: LEADS | {IT},
    GET_OFFLINE_KIT: LEADS | {IT},
    EDIT_STATUS_PAGE: frozenset({IT, HEAD, MANAGER}),
    ASK_WHAT_IF: LEADS | {IT},
    REPLAY: frozenset({IT, HEAD}),
    MANAGE_PEOPLE: frozenset({IT}),
    RESET_SECOND_FACTOR: frozenset({IT}),
    MANAGE_SOURCES: frozenset({IT, HEAD}),
    MANAGE_KEYS: ALL,
    MANAGE_PROCESS: frozenset({IT, HEAD, MANAGER}),
}


@dataclass(frozen=True, slots=True)
class By:
    """Who acts: the actor as the log names it, and the person behind it (none for rules and sources)."""

    actor: Actor
    person: Person | None = None

    @classmethod
    def of(cls, person: Person, *, via: str) -> By:
        """Somebody who is logged in or whose key was used; `via` is the door."""
        return cls(Actor.person(person, via=via), person)


RULES = By(SYSTEM)


def may(person: Person | None, action: str) -> bool:
    """Whether a person's roles allow an action. Administrators count as IT managers."""
    return bool(_acting_roles(person) & _ROLES[action])


def roles_for(action: str) -> frozenset[str]:
    """The roles whose holders may take an action."""
    return _ROLES[action]


def _acting_roles(person: Person | None) -> frozenset[str]:
    if person is None or not person.is_active:
        return frozenset()
    return roles_of(person) | ({IT} if person.is_superuser else set())


def require(by: By, action: str) -> None:
    """Raises Forbidden unless the actor may; rules of the process may do everything they are written for."""
    if by.person is None and by.actor.kind in ("system", "source"):
        return
    if not may(by.person, action):
        raise Forbidden(str(action), _("Dafür fehlt Ihnen die nötige Rolle."))


def actions_of(person: Person) -> frozenset[str]:
    """All actions a person may take; pages use it to offer only what works."""
    roles = _acting_roles(person)
    return frozenset(str(action) for action, allowed in _ROLES.items() if roles & allowed)
