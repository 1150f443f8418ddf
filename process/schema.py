"""The shape of the process document: one typed tree, refused as a whole when one leaf is wrong.

Every rule that a person may be shown ("escalated because …, §5.2/2a") carries `paragraph`, the place in the written
process it comes from. Texts are bilingual (`Text`). Keys are English identifiers; they are what the API speaks.
"""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
CalendarKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]
Paragraph = Annotated[str, StringConstraints(min_length=2, max_length=40)]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 31)]
Canton = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class Level(StrEnum):
    """Urgency and impact each have these three levels (P-4.1, P-4.2)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Priority(StrEnum):
    """What the matrix yields (P-4.3), in the order in which incidents are worked (P-4.5)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """1 (critical) … 4 (low): the number queues are sorted by (P-4.5)."""
        return list(Priority).index(self) + 1


class ContactKind(StrEnum):
    """What the service desk makes of a contact (P-2.2)."""

    SUPPORT = "support"
    FEATURE_REQUEST = "feature_request"
    MANAGEMENT_REQUEST = "management_request"
    INCIDENT = "incident"


class ChainName(StrEnum):
    """The two ladders that run side by side (P-5.3)."""

    FUNCTIONAL = "functional"
    MANAGEMENT = "management"


class ClockKind(StrEnum):
    """The clocks an incident runs against (P-9.1)."""

    RESPONSE = "response"
    RESOLUTION = "resolution"


class Strict(BaseModel):
    """Unknown keys are errors: a typing mistake in a rule must not silently switch it off."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """A text in both languages of the house; German is Swiss German (`ss`)."""

    de: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    en: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

    def in_(self, language: str) -> str:
        """The text for a language code such as `de-ch`; anything but English reads German."""
        return self.en if language.startswith("en") else self.de


class Labelled(Strict):
    """Something with a key and a name people read."""

    key: Key
    label: Text
    paragraph: Paragraph


class Role(Labelled):
    """A role of §1.3 or of the RACI table (P-1.1)."""

    description: Text


class Channel(Labelled):
    """A way of notification (§3); `automatic` channels are monitoring and skip level 1 (P-2.3)."""

    automatic: bool = False


class ContactKindRule(Labelled):
    """What becomes of a contact of this kind (P-2.2)."""

    key: ContactKind
    handed_to: Key | None = Field(None, description="Role that answers it; none stays with the service desk.")
    opens_incident: bool = False


class Category(Labelled):
    """An incident category of §3."""


class ModuleRule(Strict):
    """A module of the product that may be affected (§3)."""

    key: Key
    label: Text


class Criterion(Labelled):
    """One criterion of §4.1 or §4.2; ticking it means its level (P-4.1, P-4.2)."""

    level: Level


class MatrixRow(Strict):
    """A row of the matrix of §4.3: the priority per urgency for one impact."""

    impact: Level
    high: Priority
    medium: Priority
    low: Priority

    def priority(self, urgency: Level) -> Priority:
        """The cell for an urgency."""
        return Priority(getattr(self, urgency.value))


class Matrix(Strict):
    """Impact × urgency → priority (P-4.3)."""

    paragraph: Paragraph
    rows: list[MatrixRow]

    @model_validator(mode="after")
    def _every_impact_once(self) -> Self:
        found = [row.impact for row in self.rows]
        if sorted(found) != sorted(Level):
            missing = ", ".join(level for level in Level if level not in found) or "none"
            raise ValueError(f"expected one row for each impact high, medium, low; missing: {missing}")
        return self

    def priority(self, *, impact: Level, urgency: Level) -> Priority:
        """The priority of an incident (P-4.3)."""
        return next(row for row in self.rows if row.impact == impact).priority(urgency)


class Duty(Strict):
    """A thing to do at a level (§5.1, §5.2)."""

    key: Key
    text: Text
    paragraph: Paragraph


class Reason(Labelled):
    """Why one goes up to a level. `automatic` reasons are given by rules, the others by people."""

    automatic: bool = False


class AckMinutes(Strict):
    """Minutes until an unanswered call goes on to the next person (P-5.3), per priority; real time."""

    critical: Minutes
    high: Minutes
    medium: Minutes
    low: Minutes

    def for_(self, priority: Priority) -> int:
        """Minutes for one priority."""
        return int(getattr(self, priority.value))


class ChainLevel(Strict):
    """A rung: who holds it, what is done there, why one gets there."""

    level: Annotated[int, Field(ge=1, le=9)]
    role: Key
    label: Text
    paragraph: Paragraph
    duties: list[Duty]
    reasons: list[Reason] = Field(default_factory=list, description="Reasons to enter this level from below.")
    acknowledge_within_min: AckMinutes
    call: Literal["everyone", "one_by_one"] = "one_by_one"
    call_everyone_from: Priority | None = Field(
        Priority.CRITICAL, description="From this priority upwards everyone of the role is called at once."
    )


class Chain(Strict):
    """One ladder (P-5.1 functional, P-5.2 management)."""

    name: ChainName
    label: Text
    paragraph: Paragraph
    levels: list[ChainLevel]
    monitoring_enters_at: int = Field(1, description="Level at which automatic detection enters (P-2.3).")

    @model_validator(mode="after")
    def _levels_count_up_from_one(self) -> Self:
        if [level.level for level in self.levels] != list(range(1, len(self.levels) + 1)):
            raise ValueError("levels must be numbered 1, 2, 3 … in this order")
        if not 1 <= self.monitoring_enters_at <= len(self.levels):
            raise ValueError(f"monitoring_enters_at must be a level of the chain, 1 to {len(self.levels)}")
        return self

    def level(self, number: int) -> ChainLevel:
        """The rung with that number; KeyError when the chain is shorter."""
        if not 1 <= number <= len(self.levels):
            raise KeyError(f"the {self.name.value} chain has no level {number}")
        return self.levels[number - 1]

    @property
    def top(self) -> int:
        """Number of the last rung."""
        return len(self.levels)


class MajorTrigger(Labelled):
    """A trigger of §6.1 (P-6.1): proposes a major incident, or makes one at once."""

    effect: Literal["propose", "declare"]


class MajorMember(Strict):
    """A member of the Major Incident Team (P-6.2): the name as the document has it, and the function."""

    name: str
    function: Text


class Major(Strict):
    """§6."""

    paragraph: Paragraph
    triggers: list[MajorTrigger]
    team: list[MajorMember]


RaciLetters = Annotated[str, StringConstraints(pattern=r"^[RACI](, ?[RACI]){0,3}$")]


class RaciRow(Labelled):
    """One task of §14: role → letters, e.g. `project_manager: "R, A"` (P-14.1)."""

    roles: dict[Key, RaciLetters]

    def holders(self, letter: str) -> list[str]:
        """Role keys that carry a letter (R, A, C or I) in this row."""
        return [role for role, letters in self.roles.items() if letter in letters]


class DayHours(Strict):
    """Opening hours of one weekday: half-open local intervals [open, close)."""

    open: time
    close: time

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.close != time(0) and self.open >= self.close:
            raise ValueError("a day opens before it closes (close 00:00 means midnight)")
        return self


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class CalendarException(Strict):
    """A day that differs: closed when `hours` is empty (P-9.2)."""

    date: date
    label: Text
    hours: list[DayHours] = Field(default_factory=list)


class Calendar(Strict):
    """Service hours (P-9.2). `always` means 24×7 and knows no holidays and no local time."""

    key: CalendarKey
    label: Text
    paragraph: Paragraph
    time_zone: str = "Europe/Zurich"
    always: bool = False
    weekly: dict[Weekday, list[DayHours]] = Field(default_factory=dict)
    public_holidays: bool = Field(True, description="Closed on public holidays of the incident's canton.")
    default_canton: Canton = "ZH"
    exceptions: list[CalendarException] = Field(default_factory=list)

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        if not self.always and not any(self.weekly.values()):
            raise ValueError("a calendar without working time would let every promise wait for ever")
        for day, spans in self.weekly.items():
            ordered = sorted(spans, key=lambda span: span.open)
            for before, after in zip(ordered, ordered[1:], strict=False):
                if before.close == time(0) or after.open < before.close:
                    raise ValueError(f"{day}: opening hours overlap")
        return self


class SlaTarget(Strict):
    """A promise: how long a clock of a priority may run, in which calendar (P-9.1, P-9.2)."""

    clock: ClockKind
    priority: Priority
    target_min: Annotated[int, Field(ge=1, le=60 * 24 * 366)]
    calendar: CalendarKey
    paragraph: Paragraph


class Sla(Strict):
    """§9. Checkpoints are percent of the target; 100 is the breach (P-9.3)."""

    paragraph: Paragraph
    is_default: bool = Field(True, description="True while these are our defaults and not the signed agreement.")
    targets: list[SlaTarget]
    checkpoints: list[Annotated[int, Field(ge=1, le=100)]] = Field(default_factory=lambda: [50, 75, 90, 100])
    breach_reason: Key = Field("sla_breached", description="Reason used on the management chain (P-5.4).")

    @model_validator(mode="after")
    def _every_promise_once(self) -> Self:
        wanted = {(clock, priority) for clock in ClockKind for priority in Priority}
        found = [(target.clock, target.priority) for target in self.targets]
        missing = sorted(f"{clock.value}/{priority.value}" for clock, priority in wanted - set(found))
        if missing:
            raise ValueError(f"expected a target for each clock and priority; missing: {', '.join(missing)}")
        if len(found) != len(set(found)):
            raise ValueError("a clock and priority may have one target only")
        if self.checkpoints != sorted(set(self.checkpoints)) or self.checkpoints[-1:] != [100]:
            raise ValueError("checkpoints must rise and end with 100, the breach")
        return self

    def target(self, clock: ClockKind, priority: Priority) -> SlaTarget:
        """The promise for a clock at a priority."""
        return next(t for t in self.targets if t.clock == clock and t.priority == priority)


class Cadence(Strict):
    """How often stakeholders hear of an open incident (P-5.5), in minutes of real time; 0 is never."""

    paragraph: Paragraph
    minutes: AckMinutes


class PendingReason(Labelled):
    """Why an incident waits; whether the resolution clock stands meanwhile (R5)."""

    pauses_sla: bool
    needs_message: bool = Field(False, description="The reporter must be told what is asked.")
    needs_until: bool = False
    allowed_for_critical: bool = True


class ClosureCode(Labelled):
    """How an incident ended."""

    needs_link: bool = False
    for_cancel: bool = False
    for_resolve: bool = True


class Reopen(Strict):
    """How long a resolved incident may be reopened and when it closes by itself."""

    paragraph: Paragraph
    reopen_within_days: Annotated[int, Field(ge=0, le=365)] = Field(description="Calendar days after resolution.")
    close_after_days: Annotated[int, Field(ge=0, le=365)] = Field(description="Calendar days; 0 never by itself.")


class SeverityRule(Strict):
    """What a monitoring severity means here: the criteria it ticks and the category it belongs to (P-2.3)."""

    severity: Literal["critical", "high", "medium", "low"]
    urgency: Level
    impact: Level
    urgency_criteria: list[Key] = Field(default_factory=list)
    impact_criteria: list[Key] = Field(default_factory=list)


class Monitoring(Strict):
    """How signals from monitoring become incidents (P-2.3)."""

    paragraph: Paragraph
    severities: list[SeverityRule]
    categories: dict[Literal["availability", "performance", "error", "security"], Key] = Field(
        description="Kind of signal → incident category."
    )
    resolve_after_min: Minutes = Field(description="Grace after a recovery before the incident is resolved by rule.")
    reopen_within_min: Minutes = Field(description="A new alarm this soon after resolution reopens the incident.")
    flap_count: Annotated[int, Field(ge=2, le=100)] = Field(description="Changes within the window that mean flapping.")
    flap_window_min: Minutes
    flood_count: Annotated[int, Field(ge=2, le=10000)] = Field(
        description="Incidents opened by one source within the window that become an alert flood."
    )
    flood_window_min: Minutes

    @model_validator(mode="after")
    def _every_severity_once(self) -> Self:
        if sorted(rule.severity for rule in self.severities) != ["critical", "high", "low", "medium"]:
            raise ValueError("expected one rule for each severity critical, high, medium, low")
        return self

    def severity(self, name: str) -> SeverityRule:
        """The rule of a severity; an unknown one counts as medium."""
        by_name = {rule.severity: rule for rule in self.severities}
        return by_name.get(name, by_name["medium"])  # type: ignore[call-overload, no-any-return]


class Pir(Strict):
    """§10: when a post-incident review is owed (P-10.1, P-10.2)."""

    paragraph: Paragraph
    mandatory_for_major: bool
    mandatory_from: Priority | None = None


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
    raci: list[RaciRow]
    cadence: Cadence
    calendars: list[Calendar]
    sla: Sla
    pending_reasons: list[PendingReason]
    closure_codes: list[ClosureCode]
    reopen: Reopen
    monitoring: Monitoring
    pir: Pir

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        problems = [*_duplicates(self), *_dangling(self)]
        if problems:
            raise ValueError("; ".join(problems))
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

    def label(self, room: str, key: str | None, language: str = "de") -> str:
        """The name people read for a key of a list such as `categories`; the key itself when it is gone."""
        for entry in getattr(self, room):
            if entry.key == key:
                return str(entry.label.in_(language))
        return key or ""


def _duplicates(document: Document) -> list[str]:
    problems = []
    for room in (
        "roles channels contact_kinds categories modules urgency_criteria impact_criteria raci calendars "
        "pending_reasons closure_codes"
    ).split():
        keys = [entry.key for entry in getattr(document, room)]
        problems += [f"{room}: key '{key}' stands twice" for key in sorted({k for k in keys if keys.count(k) > 1})]
    if sorted(chain.name for chain in document.chains) != sorted(ChainName):
        problems.append("chains: expected exactly one functional and one management chain")
    return problems


def _dangling(document: Document) -> list[str]:
    roles = {role.key for role in document.roles}
    calendars = {calendar.key for calendar in document.calendars}
    categories = {category.key for category in document.categories}
    urgency = {criterion.key for criterion in document.urgency_criteria}
    impact = {criterion.key for criterion in document.impact_criteria}
    problems = [
        f"chains.{chain.name.value}: level {level.level} names the unknown role '{level.role}'"
        for chain in document.chains
        for level in chain.levels
        if level.role not in roles
    ]
    problems += [
        f"raci.{row.key}: unknown role '{role}'" for row in document.raci for role in row.roles if role not in roles
    ]
    problems += [
        f"contact_kinds.{kind.key.value}: unknown role '{kind.handed_to}'"
        for kind in document.contact_kinds
        if kind.handed_to is not None and kind.handed_to not in roles
    ]
    problems += [
        f"sla: target {target.clock.value}/{target.priority.value} names the unknown calendar '{target.calendar}'"
        for target in document.sla.targets
        if target.calendar not in calendars
    ]
    problems += [
        f"monitoring.categories: unknown category '{key}'"
        for key in document.monitoring.categories.values()
        if key not in categories
    ]
    for rule in document.monitoring.severities:
        problems += [
            f"monitoring.severities.{rule.severity}: unknown criterion '{key}'"
            for key in [k for k in rule.urgency_criteria if k not in urgency]
            + [k for k in rule.impact_criteria if k not in impact]
        ]
    return problems
