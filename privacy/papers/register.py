"""The row of the register (F7): what happened, what was decided and why, which clocks were met, how long it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic_core import to_jsonable_python

from privacy.papers import happened
from privacy.papers.paper import Filling, Form, Paper, Phrase, Row, Section, Table
from privacy.papers.pen import Pen, lines, section
from privacy.papers.record import Breach, CaseRecord, DutyRow
from privacy.rules.assessment import UNKNOWN, Answer, Decision, SchoolHit, Unknown
from privacy.schema import Law
from process.schema import Text


def register_row(record: CaseRecord, language: str, law: Law) -> Paper:
    """F7: all decisions, also «not reported because …». What is open may be so until the case is closed."""
    pen = Pen.of(language, law, record.head)
    words, breach = pen.words.row, Breach.of(record.assessment)
    effects = [happened.consequences(pen, breach), *happened.severity(pen, record.severity)]
    parts = [
        section(words.facts, _facts(pen, record, breach), points=("f7/facts",)),
        section(words.effects, effects, points=("f7/effects",)),
        section(pen.words.facts.measures, happened.measures(pen, breach), points=("f7/measures",)),
        section(words.decision, _decision(pen, record), points=("f7/decisions",)),
        _duties(pen, record),
        section(words.keep, tuple(_keep(pen, record))),
    ]
    return pen.paper(
        Form.REGISTER_ROW, lists=("f7",), title=words.title, sections=parts, facts=to_jsonable_python(_data(record))
    )


def _facts(pen: Pen, record: CaseRecord, breach: Breach) -> list[Row]:
    words, register, assessment = pen.words.row, record.register, record.assessment
    state = pen.words.choices.state
    return [
        *pen.known(words.state, register.state if register else None, state.__getitem__),
        *pen.known(words.opened_at, register.opened_at if register else None, pen.moment),
        *pen.known(words.closed_at, register.closed_at if register else None, pen.moment),
        *happened.nature(pen, breach),
        *happened.time(pen, breach),
        *happened.data(pen, breach, assessment.records),
        *happened.persons_(pen, breach, assessment.persons),
        pen.row(words.schools, _count(assessment.schools), lambda count: pen.number(count) if count else "0"),
    ]


def _count(schools: Answer[tuple[SchoolHit, ...]]) -> Answer[int]:
    return len(schools) if isinstance(schools, tuple) else schools


def _decision(pen: Pen, record: CaseRecord) -> list[Row]:
    words, assessment = pen.words.row, record.assessment
    decided = {Decision.CONFIRMED: words.confirmed, Decision.DISMISSED: words.dismissed, None: None}
    rows = [
        pen.row(words.decided, decided[assessment.decision]),
        pen.row(words.reason, assessment.reason),
        pen.row(words.decided_by, assessment.decided_by),
        pen.row(words.decided_at, assessment.decided_at, pen.moment),
    ]
    return rows if _is_closed(record) else [_open(pen, row) for row in rows]


def _open(pen: Pen, row: Row) -> Row:
    """What nobody has decided yet while there is time."""
    if row.filling is not Filling.MISSING:
        return row
    return row.model_copy(update={"said": (Phrase(text=pen.words.row.undecided),), "filling": Filling.UNKNOWN})


def _is_closed(record: CaseRecord) -> bool:
    return record.register is not None and record.register.closed_at is not None


def _duties(pen: Pen, record: CaseRecord) -> Section:
    words, points = pen.words.row, ("f7/decisions", "f7/clocks")
    if not record.duties:
        return section(words.duties, points=points, paragraphs=(words.no_duties,), filling=Filling.MISSING)
    open_ = Filling.MISSING if _is_closed(record) else Filling.UNKNOWN
    filling = Filling.FILLED if all(duty.is_decided for duty in record.duties) else open_
    header = (words.duty, words.due_at, words.done_at, words.decision, words.outcome)
    table = Table(header=header, rows=tuple(_duty(pen, duty) for duty in record.duties))
    return section(words.duties, points=points, table=table, filling=filling)


def _duty(pen: Pen, duty: DutyRow) -> tuple[tuple[Phrase, ...], ...]:
    words, choices = pen.words.row, pen.words.choices
    label = pen.of_law(duty.label)
    recipient = pen.of_law(duty.recipient) if isinstance(duty.recipient, Text) else Phrase(text=duty.recipient)
    what = (label.model_copy(update={"text": f"{duty.code} {label.text}"}), Phrase(text=duty.school), recipient)
    verdict = choices.decided[duty.verdict] if duty.verdict and duty.is_decided else words.undecided
    by = ", ".join(part for part in (duty.decided_by, duty.decided_at and pen.moment(duty.decided_at)) if part)
    late = words.late.format(reason=duty.late_reason) if duty.late_reason else ""
    cells = (
        what,
        (Phrase(text=pen.moment(duty.due_at) if duty.due_at else "–"),),
        (Phrase(text=pen.moment(duty.done_at) if duty.done_at else "–"),),
        (Phrase(text=verdict), *lines(duty.reason), Phrase(text=by)),
        (Phrase(text=choices.outcome[duty.outcome(pen.head.made_at)]), *lines(late)),
    )
    return tuple(tuple(phrase for phrase in cell if phrase.text) for cell in cells)


def _keep(pen: Pen, record: CaseRecord) -> Iterator[Row]:
    words, register = pen.words.row, record.register
    if register:
        yield from pen.known(words.last_reported_at, register.last_reported_at, pen.moment)
        yield from pen.known(words.keep_until, register.keep_until, pen.day)
        yield pen.row(words.legal_hold, register.legal_hold, pen.yes_no)


def _data(record: CaseRecord) -> dict[str, Any]:
    assessment, severity = record.assessment, record.severity
    schools = _count(assessment.schools)
    return {
        "register": record.register,
        "breach": Breach.of(assessment),
        "records": assessment.records,
        "persons": assessment.persons,
        "schools": schools if isinstance(schools, int | Unknown) else UNKNOWN,
        "severity": severity and {"score": severity.score, "band": severity.band},
        "decision": assessment.decision,
        "reason": assessment.reason,
        "decided_by": assessment.decided_by,
        "decided_at": assessment.decided_at,
        "duties": [
            {
                "code": duty.code,
                "label": duty.label.de,
                "bearer": duty.bearer,
                "recipient": duty.recipient.de if isinstance(duty.recipient, Text) else duty.recipient,
                "school": duty.school,
                "due_at": duty.due_at,
                "done_at": duty.done_at,
                "verdict": duty.verdict,
                "reason": duty.reason,
                "decided_by": duty.decided_by,
                "decided_at": duty.decided_at,
                "late_reason": duty.late_reason,
                "outcome": duty.outcome(record.head.made_at),
            }
            for duty in record.duties
        ],
    }
