"""What papers are written from: plain facts, gathered by whoever may read the case.

There are two records. That of a school holds one school and, of the assessment, only what is true of the breach as
such; so no paper for a school can name another one or give a number that is not its own. That of the case holds
everything and feeds the papers for the NCSC, for law enforcement, and for our own register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from privacy.rules.assessment import Answer, Assessment, BreachType, Harm, PersonCategory
from privacy.rules.duties import Clock
from privacy.rules.regimes import Jurisdiction, Standing
from privacy.rules.severity import DataCategory, Loss, Severity
from privacy.rules.states import State
from privacy.rules.weighing import Verdict
from privacy.schema import Bearer, SchoolKind
from process.schema import Text


@dataclass(frozen=True, slots=True)
class Company:
    """Who writes: we."""

    name: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to ask. The name and one way to reach them are needed."""

    name: str
    mail: str
    phone: str


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over every paper. `aware_at` decides by which law it is written; `made_at` is its date.

    `further` answers points the law has gained since: their text by `list/point`, such as `dsv_15_1/h`.
    """

    case_number: str
    company: Company
    contact: Contact
    aware_at: datetime
    made_at: datetime
    further: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Breach:
    """Of the assessment what is true for every school alike: no school, no canton, no number, nobody by name."""

    aware_at: Answer[datetime] = None
    occurred_from: Answer[datetime] = None
    occurred_to: Answer[datetime] = None
    breach_types: Answer[tuple[BreachType, ...]] = None
    harms: Answer[tuple[Harm, ...]] = None
    ongoing: Answer[bool] = None
    contained_at: Answer[datetime] = None
    data_categories: Answer[tuple[DataCategory, ...]] = None
    person_categories: Answer[tuple[PersonCategory, ...]] = None
    minors: Answer[bool] = None
    unintelligible: Answer[bool] = None
    key_compromised: Answer[bool] = None
    consequences: Answer[str] = None
    measures_taken: Answer[str] = None
    measures_planned: Answer[str] = None

    @classmethod
    def of(cls, assessment: Assessment) -> Self:
        """The general part of an assessment."""
        return cls(**{entry.name: in_order(getattr(assessment, entry.name)) for entry in fields(cls)})


def in_order(value: Any) -> Any:
    """A set of choices, never empty, in the order of the form; everything else as it is."""
    if not isinstance(value, frozenset):
        return value
    return tuple(member for member in type(next(iter(value))) if member in value)


@dataclass(frozen=True, slots=True)
class School:
    """The one school a paper is for, with its own numbers and its own law.

    `clocks` are those of its reports to authorities, as `privacy.rules.duties` has them; another school's raise
    ValueError. `aware_at` is when it learned of the breach.
    """

    key: str
    name: str
    kind: SchoolKind | None
    canton: str
    city: str
    persons: Answer[int]
    records: Answer[int]
    standing: Standing
    clocks: tuple[Clock, ...] = ()
    aware_at: datetime | None = None
    contact: Contact | None = None

    def __post_init__(self) -> None:
        if any(clock.party != self.key for clock in self.clocks):
            raise ValueError("expected the clocks of this school alone")

    def clock(self, jurisdiction: Jurisdiction) -> Clock | None:
        """The clock of its report under a regime; None where none runs."""
        regime = jurisdiction.regime.key
        return next((at for at in self.clocks if at.jurisdiction and at.jurisdiction.regime.key == regime), None)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Which version of a notice it is (from 2), and what is new since the one before."""

    version: int
    news: str


@dataclass(frozen=True, slots=True)
class SchoolRecord:
    """What papers for or about one school are written from (F2, F3, F4). Empty words are left out.

    `extra` is what the officer adds to the notice, `advice` what persons can do themselves; `forward` whether the
    FDPIC may pass the report on to the NCSC.
    """

    head: Head
    breach: Breach
    school: School
    severity: Severity | None = None
    other_cantons: Answer[bool] = None
    next_update_at: datetime | None = None
    follow_up: FollowUp | None = None
    extra: str = ""
    advice: str = ""
    late_reason: str = ""
    report_id: str = ""
    forward: bool | None = None
    attachments: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What became of a clock."""

    MET = "met"
    MISSED = "missed"
    RUNNING = "running"
    NO_LIMIT = "no_limit"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty of the case: what was decided about it and done, and its deadline (the law's, else our own)."""

    code: str
    label: Text
    bearer: Bearer
    recipient: Text | str = ""
    school: str = ""
    due_at: datetime | None = None
    done_at: datetime | None = None
    verdict: Verdict | None = None
    reason: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    late_reason: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether somebody said that it is due or that it is not."""
        return self.verdict in (Verdict.DUE, Verdict.NOT_DUE)

    def outcome(self, at: datetime) -> Outcome:
        """Met or missed as seen at an instant; exactly at the deadline is in time."""
        if self.verdict is Verdict.NOT_DUE:
            return Outcome.NOT_DUE
        if self.due_at is None:
            return Outcome.NO_LIMIT
        if (self.done_at or at) > self.due_at:
            return Outcome.MISSED
        return Outcome.MET if self.done_at else Outcome.RUNNING


@dataclass(frozen=True, slots=True)
class Handover:
    """Evidence passed from hand to hand."""

    at: datetime
    from_: str
    to: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What may prove something. `of_school` says that it holds data of schools, which official secrecy covers."""

    what: str
    sha256: str
    place: str
    chain: tuple[Handover, ...]
    of_school: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """What the superior authority lets out (Art. 320 StGB): the document, how far it goes, who signed it when."""

    document: str
    scope: str
    signer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Police:
    """What law enforcement was told, and what it may be given. `schools` go out with consent alone."""

    offence: Answer[str] = None
    station: Answer[str] = None
    case_number: Answer[str] = None
    informed_at: Answer[datetime] = None
    informed_by: Answer[str] = None
    evidence: tuple[Evidence, ...] = ()
    traces_secured_by: Answer[str] = None
    traces_secured_at: Answer[datetime] = None
    consents: tuple[Consent, ...] = ()
    schools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mandate:
    """An organisation on whose behalf we report, and what allows us to."""

    organisation: str
    mandate: str


@dataclass(frozen=True, slots=True)
class Cyber:
    """A cyber attack as the NCSC asks for it (Art. 15 CSV)."""

    detected_at: Answer[datetime] = None
    attacked_at: Answer[datetime] = None
    kind: Answer[str] = None
    attacker: Answer[str] = None
    extortion: Answer[bool] = None
    complaint: Answer[bool] = None
    availability: Answer[Loss] = None
    integrity: Answer[Loss] = None
    confidentiality: Answer[Loss] = None
    effect: Answer[str] = None
    on_behalf_of: tuple[Mandate, ...] = ()


@dataclass(frozen=True, slots=True)
class Register:
    """How long the row of a case is kept, and why it may be longer."""

    state: State
    opened_at: datetime
    closed_at: datetime | None = None
    last_reported_at: datetime | None = None
    keep_until: date | None = None
    legal_hold: bool = False


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What papers about the whole case are written from (F5, F6, F7). Without `police` or `cyber` nothing is known."""

    head: Head
    assessment: Assessment
    severity: Severity | None = None
    duties: tuple[DutyRow, ...] = ()
    police: Police = field(default_factory=Police)
    cyber: Cyber = field(default_factory=Cyber)
    register: Register | None = None
