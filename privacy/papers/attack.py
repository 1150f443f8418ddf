"""The report of a cyber attack to the NCSC (F5)."""

from __future__ import annotations

from pydantic_core import to_jsonable_python

from privacy.papers import happened
from privacy.papers.paper import Form, Paper, Phrase, Row, Table
from privacy.papers.pen import Pen, section
from privacy.papers.record import Breach, CaseRecord, Cyber
from privacy.schema import Law


def cyber_report(record: CaseRecord, language: str, law: Law) -> Paper:
    """F5: what Art. 15 CSV and Art. 74e(2) ISG ask for, and on whose behalf we report."""
    pen = Pen.of(language, law, record.head)
    words, cyber, company = pen.words.attack, record.cyber, record.head.company
    measures = happened.measures(pen, Breach.of(record.assessment))
    parts = [
        section(words.time, _time(pen, cyber)),
        section(words.attack, _attack(pen, cyber)),
        section(words.severity, _severity(pen, cyber)),
        section(pen.words.facts.measures, measures, points=("csv_15/measures",)),
        section(words.reporter, _reporter(pen), points=("csv_15/reporter",)),
    ]
    if cyber.on_behalf_of:
        rows = [((Phrase(text=one.organisation),), (Phrase(text=one.mandate),)) for one in cyber.on_behalf_of]
        table = Table(header=(words.organisation, words.mandate), rows=tuple(rows))
        parts.append(section(words.on_behalf, table=table))
    return pen.paper(
        Form.CYBER_REPORT,
        lists=("csv_15",),
        title=words.title,
        recipient=(words.addressee,),
        sections=parts,
        closing=(record.head.contact.name, pen.words.common.contact_function, company.name),
        facts=to_jsonable_python(
            {
                "cyber": cyber,
                "measures_taken": record.assessment.measures_taken,
                "measures_planned": record.assessment.measures_planned,
                "reporter": {"company": company, "contact": record.head.contact},
            }
        ),
    )


def _time(pen: Pen, cyber: Cyber) -> list[Row]:
    words = pen.words.attack
    return [
        pen.row(words.detected_at, cyber.detected_at, pen.moment, points=("csv_15/detected_at",)),
        pen.row(words.attacked_at, cyber.attacked_at, pen.moment, points=("csv_15/attacked_at",)),
    ]


def _attack(pen: Pen, cyber: Cyber) -> list[Row]:
    words = pen.words.attack
    return [
        pen.row(words.kind, cyber.kind, points=("csv_15/type",)),
        pen.row(words.attacker, cyber.attacker, points=("csv_15/attacker",)),
        pen.row(words.extortion, cyber.extortion, pen.yes_no, points=("csv_15/extortion",)),
        pen.row(words.complaint, cyber.complaint, pen.yes_no, points=("csv_15/complaint",)),
    ]


def _severity(pen: Pen, cyber: Cyber) -> list[Row]:
    words, loss = pen.words.attack, pen.words.choices.loss.__getitem__
    return [
        pen.row(words.availability, cyber.availability, loss, points=("csv_15/severity",)),
        pen.row(words.integrity, cyber.integrity, loss, points=("csv_15/severity",)),
        pen.row(words.confidentiality, cyber.confidentiality, loss, points=("csv_15/severity",)),
        pen.row(words.effect, cyber.effect, points=("csv_15/effect",)),
    ]


def _reporter(pen: Pen) -> list[Row]:
    company = pen.head.company
    return [
        pen.row(pen.words.attack.organisation, company.name),
        pen.row(pen.words.attack.address, "\n".join(company.address)),
        *happened.contact(pen, pen.head.contact),
    ]
