"""The whole tree, and the references between its parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from process.paths import Location
from process.schema.base import ChainName, Strict, Text
from process.schema.calendars import Calendar
from process.schema.chains import Chain, ChainLevel, Major, RaciRow
from process.schema.duties import DataProtectionCalls, DataProtectionDuty, Improvement, Restoration, ToolUse, Training
from process.schema.endings import ClosureCode, PendingReason, Pir, Reopen
from process.schema.messages import PLACES, MessageTemplate
from process.schema.monitoring import Monitoring
from process.schema.promises import Cadence, Sla
from process.schema.references import Located, refuse, repeats, unknown
from process.schema.retention import RetentionRule, always, too_short
from process.schema.triage import Category, Channel, ContactKindRule, Criterion, Matrix, ModuleRule, Role

KEYED = [
    *("roles", "channels", "contact_kinds", "categories", "modules", "urgency_criteria", "impact_criteria", "raci"),
    *("calendars", "pending_reasons", "closure_codes", "data_protection", "tools"),
    *("message_templates", "retention"),
]


class Document(Strict):
    """The whole written process. `Document.model_validate` is the only way in."""

    schema_version: Literal[1] = 1
    title: Text
    company: str
    roles: list[Role]
    channels: list[Channel]
    contact_kinds: list[ContactKindRule]
    categories: list[Category]
    modules: list[ModuleRule]
    urgency_criteria: list[Criterion]
    impact_criteria: list[Criterion]
    matrix: Matrix
    chains: list[Chain]
    major: Major
    data_protection: list[DataProtectionDuty]
    data_protection_calls: DataProtectionCalls = DataProtectionCalls()
    retention: list[RetentionRule] = Field(default_factory=always)
    restoration: Restoration
    cadence: Cadence
    message_templates: list[MessageTemplate] = []
    calendars: list[Calendar]
    sla: Sla
    pending_reasons: list[PendingReason]
    closure_codes: list[ClosureCode]
    reopen: Reopen
    monitoring: Monitoring
    pir: Pir
    training: Training
    tools: list[ToolUse]
    improvement: Improvement
    raci: list[RaciRow]

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        problems = [
            *_duplicates(self),
            *_reasons(self),
            *_roles(self),
            *_promises(self),
            *_signals(self),
            *_triggers(self),
            *_places(self),
            *_breach_signs(self),
            *too_short(self.retention),
        ]
        refuse(problems)
        return self

    def chain(self, name: ChainName) -> Chain:
        """One of the two ladders."""
        return next(chain for chain in self.chains if chain.name == name)

    def calendar(self, key: str) -> Calendar:
        """The calendar with that key; KeyError when there is none."""
        for calendar in self.calendars:
            if calendar.key == key:
                return calendar
        raise KeyError(key)

    def roles_for(self, task: str, letters: str) -> list[str]:
        """Role keys that carry one of the letters in a row of §14 (P-14.1); none for a task the table does not name."""
        rows = [row for row in self.raci if row.key == task]
        return [role for row in rows for letter in letters for role in row.holders(letter)]

    def task_paragraph(self, task: str) -> str:
        """The paragraph of a row of §14; that of the table when it does not name the task."""
        return next((row.paragraph for row in self.raci if row.key == task), "§14")

    def label(self, room: str, key: str | None, language: str = "de") -> str:
        """The name people read for a key of a list such as `categories`; the key itself when it is gone."""
        for entry in getattr(self, room):
            if entry.key == key:
                return str(entry.label.in_(language))
        return key or ""


def _duplicates(document: Document) -> list[Located]:
    problems: list[Located] = []
    for room in KEYED:
        problems += repeats([entry.key for entry in getattr(document, room)], (room,))
    problems += repeats([target.key for target in document.sla.targets], ("sla", "targets"))
    problems += repeats([contract.key for contract in document.sla.contracts], ("sla", "contracts"))
    problems += repeats([trigger.key for trigger in document.major.triggers], ("major", "triggers"))
    problems += repeats([member.key for member in document.major.team], ("major", "team"))
    for at, chain in enumerate(document.chains):
        for step, level in enumerate(chain.levels):
            place = ("chains", at, "levels", step)
            problems += repeats([duty.key for duty in level.duties], (*place, "duties"))
            problems += repeats([reason.key for reason in level.reasons], (*place, "reasons"))
    if sorted(chain.name for chain in document.chains) != sorted(ChainName):
        problems.append((("chains",), "expected exactly one functional and one management chain"))
    return problems


def _reasons(document: Document) -> list[Located]:
    if ChainName.MANAGEMENT not in {chain.name for chain in document.chains}:
        return []
    management = document.chain(ChainName.MANAGEMENT)
    problems: list[Located] = []
    breach = document.sla.breach_reason
    if breach not in {reason.key for level in management.levels for reason in level.reasons}:
        problems.append((("sla", "breach_reason"), f"expected a reason of the management chain, found '{breach}'"))
    if document.restoration.decision_from_level > management.top:
        problems.append(
            (
                ("restoration", "decision_from_level"),
                f"expected a level of the management chain, 1 to {management.top}, "
                f"found {document.restoration.decision_from_level}",
            )
        )
    return problems


def _roles(document: Document) -> list[Located]:
    named: list[tuple[Location, str | None]] = [((*place, "role"), level.role) for place, level in _levels(document)]
    named += [
        ((*place, "steps", index, "key"), step.key)
        for place, level in _levels(document)
        for index, step in enumerate(level.steps)
        if step.notify in ("role", "on_call") and step.key
    ]
    named += [(("raci", at, "roles", role), role) for at, row in enumerate(document.raci) for role in row.roles]
    named += [(("contact_kinds", at, "handed_to"), kind.handed_to) for at, kind in enumerate(document.contact_kinds)]
    named += [(("data_protection", at, "role"), duty.role) for at, duty in enumerate(document.data_protection)]
    known = {role.key for role in document.roles}
    return [(place, unknown("role", role, known)) for place, role in named if role is not None and role not in known]


def _levels(document: Document) -> Iterator[tuple[Location, ChainLevel]]:
    for at, chain in enumerate(document.chains):
        for step, level in enumerate(chain.levels):
            yield ("chains", at, "levels", step), level


def _promises(document: Document) -> list[Located]:
    known = {calendar.key for calendar in document.calendars}
    named: list[tuple[Location, str]] = [
        (("sla", "targets", at, "calendar"), target.calendar) for at, target in enumerate(document.sla.targets)
    ]
    named += [
        ((*place, "hours", "calendar"), level.hours.calendar) for place, level in _levels(document) if level.hours
    ]
    return [
        *((place, unknown("calendar", key, known)) for place, key in named if key not in known),
        *_conditions(document),
        *_days_without_closing(document),
    ]


def _conditions(document: Document) -> list[Located]:
    known = {
        "category": {entry.key for entry in document.categories},
        "module": {entry.key for entry in document.modules},
        "channel": {entry.key for entry in document.channels},
        "contract": {entry.key for entry in document.sla.contracts},
    }
    return [
        (("sla", "targets", at, "when", name, index), unknown(name, key, keys))
        for at, target in enumerate(document.sla.targets)
        for name, keys in known.items()
        for index, key in enumerate(getattr(target.when, name))
        if key not in keys
    ]


def _days_without_closing(document: Document) -> list[Located]:
    always_open = {calendar.key for calendar in document.calendars if calendar.always}
    return [
        (("sla", "targets", at, "business_days"), "expected a calendar that closes; this one has no business days")
        for at, target in enumerate(document.sla.targets)
        if target.business_days is not None and target.calendar in always_open
    ]


def _signals(document: Document) -> list[Located]:
    categories = {category.key for category in document.categories}
    problems: list[Located] = [
        (("monitoring", "categories", kind), unknown("category", key, categories))
        for kind, key in document.monitoring.categories.items()
        if key not in categories
    ]
    codes = {code.key for code in document.closure_codes if code.for_resolve}
    if document.monitoring.resolve_code not in codes:
        place = ("monitoring", "resolve_code")
        problems.append((place, unknown("closure code for resolving", document.monitoring.resolve_code, codes)))
    for room in ("urgency_criteria", "impact_criteria"):
        known = {criterion.key for criterion in getattr(document, room)}
        problems += [
            (("monitoring", "severities", at, room, index), unknown("criterion", key, known))
            for at, rule in enumerate(document.monitoring.severities)
            for index, key in enumerate(getattr(rule, room))
            if key not in known
        ]
    return problems


def _triggers(document: Document) -> list[Located]:
    known = {
        "category": {category.key for category in document.categories},
        "module": {module.key for module in document.modules},
        "criterion": {entry.key for entry in (*document.urgency_criteria, *document.impact_criteria)},
    }
    named: list[tuple[Location, str, str | None]] = [
        (("major", "triggers", at, "when", index, name), name, key)
        for at, trigger in enumerate(document.major.triggers)
        for index, circumstance in enumerate(trigger.when)
        for name, key in (("category", circumstance.category), ("module", circumstance.module))
    ]
    named += [
        ((*place, "reasons", at, "when", index, name), name, key)
        for place, level in _levels(document)
        for at, reason in enumerate(level.reasons)
        for index, circumstance in enumerate(reason.when)
        for name, key in (("category", circumstance.category), ("criterion", circumstance.criterion))
    ]
    return [(place, unknown(name, key, known[name])) for place, name, key in named if key and key not in known[name]]


def _places(document: Document) -> list[Located]:
    return [
        (("message_templates", at, field, language), unknown("place", name, set(PLACES)))
        for at, template in enumerate(document.message_templates)
        for field, language, name in template.unknown_places()
    ]


def _breach_signs(document: Document) -> list[Located]:
    known: dict[str, set[str]] = {
        "category": {entry.key for entry in document.categories},
        "criterion": {entry.key for entry in (*document.urgency_criteria, *document.impact_criteria)},
        "trigger": {entry.key for entry in document.major.triggers},
    }
    calls = document.data_protection_calls
    signs: list[Located] = [
        (("data_protection_calls", "suspected_when", at, name), unknown(name, key, keys))
        for at, sign in enumerate(calls.suspected_when)
        for name, keys in known.items()
        if (key := getattr(sign, name)) is not None and key not in keys
    ]
    if calls.severe_trigger is not None and calls.severe_trigger not in known["trigger"]:
        place = ("data_protection_calls", "severe_trigger")
        signs.append((place, unknown("trigger", calls.severe_trigger, known["trigger"])))
    ladder = document.chain(ChainName.MANAGEMENT)
    for level, reason in calls.severe_reasons.items():
        reasons = {entry.key for rung in ladder.levels if rung.level == level for entry in rung.reasons}
        if reason not in reasons:
            at_level = ("data_protection_calls", "severe_reasons", level)
            signs.append((at_level, unknown("reason of this level", reason, reasons)))
    return signs
