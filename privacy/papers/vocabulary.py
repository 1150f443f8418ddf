"""What fixed words there are on papers: the schema every language fills whole."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, StringConstraints

from privacy.papers.record import Outcome
from privacy.rules.assessment import BreachType, Harm, PersonCategory
from privacy.rules.regimes import Missing
from privacy.rules.severity import Band, DataCategory, Loss
from privacy.rules.states import State
from privacy.rules.weighing import Verdict
from privacy.schema import SchoolKind
from process.schema import Strict

Words = Annotated[str, StringConstraints(min_length=1)]
Choice = TypeVar("Choice", bound=StrEnum)


def _whole(found: dict[Choice, str]) -> dict[Choice, str]:
    lacking = {*type(next(iter(found)))} - found.keys()
    if lacking:
        raise ValueError(f"expected a word for each, '{min(lacking)}' has none")
    return found


Each = Annotated[dict[Choice, Words], Field(min_length=1), AfterValidator(_whole)]


class Writing(Strict):
    """How dates and numbers are written."""

    months: Annotated[list[Words], Field(min_length=12, max_length=12)]
    first_day: Words
    date: Words
    moment: Words
    summer: Words
    winter: Words
    thousands: str
    approximately: Words


class Common(Strict):
    """What stands on every paper."""

    unknown: Words
    missing: Words
    yes: Words
    no: Words
    none: Words
    draft: Words
    case: Words
    greeting: Words
    regards: Words
    contact_function: Words
    legal_basis: Words
    counsel: Words
    law_in_german: Words
    own_words: Words
    confidential: Words


class Facts(Strict):
    """Headings and labels of what happened."""

    nature: Words
    lost: Words
    harms: Words
    time: Words
    aware_at: Words
    occurred_from: Words
    occurred_to: Words
    ongoing: Words
    contained_at: Words
    data: Words
    data_categories: Words
    records: Words
    unintelligible: Words
    key_compromised: Words
    persons: Words
    person_categories: Words
    persons_count: Words
    minors: Words
    consequences: Words
    measures: Words
    measures_taken: Words
    measures_planned: Words
    contact: Words
    name: Words
    mail: Words
    phone: Words
    severity: Words
    severity_value: Words


class Notice(Strict):
    """F2."""

    title: Words
    follow_up: Words
    lead: Words
    lead_follow_up: Words
    news: Words
    extra: Words
    cantons: Words
    cantons_yes: Words
    cantons_no: Words
    cantons_unknown: Words
    duty: Words
    duty_lead: Words
    to_authority: Words
    law: Words
    authority: Words
    channel: Words
    link: Words
    threshold: Words
    deadline: Words
    latest: Words
    latest_hours: Words
    target: Words
    recommendation: Words
    open_question: Words
    find_out: Each[Missing]
    draft_attached: Words
    report_id: Words
    report_id_ask: Words
    next_update: Words
    next_update_at: Words
    next_update_open: Words


class Report(Strict):
    """F3."""

    title_edoeb: Words
    title_cantonal: Words
    title_gdpr: Words
    addressee: Words
    controller: Words
    organisation: Words
    kind: Words
    place: Words
    processor: Words
    school_contact: Words
    to_be_added: Words
    school_aware: Words
    late: Words
    late_reason: Words
    open: Words
    open_lead: Words
    nothing_open: Words
    attachments: Words
    forward: Words
    earlier_report: Words
    signature: Words


class Letter(Strict):
    """F4."""

    title: Words
    to_parents: Words
    to_persons: Words
    happened: Words
    lead: Words
    which_data: Words
    what_became: Words
    means: Words
    done: Words
    done_so_far: Words
    planned: Words
    you_can: Words
    ask: Words
    ask_lead: Words
    sorry: Words


class Attack(Strict):
    """F5."""

    title: Words
    addressee: Words
    time: Words
    detected_at: Words
    attacked_at: Words
    attack: Words
    kind: Words
    attacker: Words
    extortion: Words
    complaint: Words
    severity: Words
    availability: Words
    integrity: Words
    confidentiality: Words
    effect: Words
    reporter: Words
    address: Words
    on_behalf: Words
    organisation: Words
    mandate: Words


class Crime(Strict):
    """F6."""

    title: Words
    offence: Words
    station: Words
    case_number: Words
    informed: Words
    informed_at: Words
    informed_by: Words
    evidence: Words
    number: Words
    what: Words
    sha256: Words
    place: Words
    chain: Words
    handover: Words
    no_evidence: Words
    withheld: Words
    traces: Words
    instruction: Words
    secured_at: Words
    secured_by: Words
    consent: Words
    document: Words
    scope: Words
    signer: Words
    signed_at: Words
    no_consent: Words
    content: Words
    schools: Words


class Entry(Strict):
    """F7."""

    title: Words
    facts: Words
    state: Words
    opened_at: Words
    closed_at: Words
    schools: Words
    effects: Words
    decision: Words
    decided: Words
    confirmed: Words
    dismissed: Words
    reason: Words
    decided_by: Words
    decided_at: Words
    undecided: Words
    duties: Words
    duty: Words
    due_at: Words
    done_at: Words
    outcome: Words
    late: Words
    no_duties: Words
    keep: Words
    last_reported_at: Words
    keep_until: Words
    legal_hold: Words


class Choices(Strict):
    """Words for what is ticked."""

    breach_type: Each[BreachType]
    harm: Each[Harm]
    data_category: Each[DataCategory]
    person_category: Each[PersonCategory]
    band: Each[Band]
    loss: Each[Loss]
    kind: Each[SchoolKind]
    verdict: Each[Verdict]
    decided: Each[Verdict]
    outcome: Each[Outcome]
    state: Each[State]
