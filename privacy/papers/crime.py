"""The record for law enforcement (F6). What belongs to schools leaves with a recorded consent alone (Art. 320 StGB)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_core import to_jsonable_python

from privacy.papers import happened
from privacy.papers.paper import Filling, Form, Paper, Phrase, Row, Section, Table
from privacy.papers.pen import Pen, section, told
from privacy.papers.record import Breach, CaseRecord, Consent, Evidence, Handover
from privacy.schema import Law


def police_record(record: CaseRecord, language: str, law: Law) -> Paper:
    """F6: offence, station, evidence with its chain of custody, traces, consent; and what consent lets out."""
    pen = Pen.of(language, law, record.head)
    words, police = pen.words.crime, record.police
    free = [entry for entry in police.evidence if police.consents or not entry.of_school]
    parts = [
        told(words.offence, pen.row(words.offence, police.offence), points=("f6/offence",)),
        section(words.informed, _informed(pen, record)),
        _evidence(pen, free, withheld=len(police.evidence) - len(free)),
        section(words.traces, _traces(pen, record), points=("f6/traces",), paragraphs=(words.instruction,)),
        *_consents(pen, police.consents),
    ]
    content: dict[str, Any] | None = None
    if police.consents:
        parts.append(section(words.content, _content(pen, record)))
        numbers = {"persons": record.assessment.persons, "records": record.assessment.records}
        content = {"schools": police.schools, "breach": Breach.of(record.assessment), **numbers}
    return pen.paper(
        Form.POLICE_RECORD,
        lists=("f6",),
        title=words.title,
        recipient=(police.station,) if isinstance(police.station, str) else (),
        sections=parts,
        closing=(record.head.contact.name, pen.words.common.contact_function, record.head.company.name),
        facts=to_jsonable_python(
            {
                "offence": police.offence,
                "station": police.station,
                "police_case_number": police.case_number,
                "informed_at": police.informed_at,
                "informed_by": police.informed_by,
                "traces_secured_at": police.traces_secured_at,
                "traces_secured_by": police.traces_secured_by,
                "evidence": free,
                "withheld": len(police.evidence) - len(free),
                "consents": police.consents,
                "school_content": content,
            }
        ),
    )


def _informed(pen: Pen, record: CaseRecord) -> list[Row]:
    words, police = pen.words.crime, record.police
    return [
        pen.row(words.station, police.station, points=("f6/station",)),
        pen.row(words.case_number, police.case_number, points=("f6/station",)),
        pen.row(words.informed_at, police.informed_at, pen.moment, points=("f6/informed",)),
        pen.row(words.informed_by, police.informed_by, points=("f6/informed",)),
    ]


def _evidence(pen: Pen, free: Sequence[Evidence], *, withheld: int) -> Section:
    words = pen.words.crime
    said = [words.no_evidence] if not free and not withheld else []
    said += [words.withheld.format(count=withheld)] if withheld else []
    header = (words.number, words.what, words.place, words.chain)
    rows = tuple(_piece(pen, number, entry) for number, entry in enumerate(free, start=1))
    table = Table(header=header, rows=rows) if rows else None
    return section(words.evidence, points=("f6/evidence",), paragraphs=said, table=table)


def _piece(pen: Pen, number: int, entry: Evidence) -> tuple[tuple[Phrase, ...], ...]:
    what = (Phrase(text=entry.what), Phrase(text=f"{pen.words.crime.sha256} {entry.sha256}"))
    chain = tuple(Phrase(text=_handover(pen, step)) for step in entry.chain)
    return (Phrase(text=str(number)),), what, (Phrase(text=entry.place),), chain


def _handover(pen: Pen, step: Handover) -> str:
    at = pen.moment(step.at)
    said = pen.words.crime.handover.format(at=at, giver=step.from_, taker=step.to) if step.from_ else f"{at}: {step.to}"
    return f"{said} ({step.note})" if step.note else said


def _traces(pen: Pen, record: CaseRecord) -> list[Row]:
    words, police = pen.words.crime, record.police
    return [
        pen.row(words.secured_at, police.traces_secured_at, pen.moment),
        pen.row(words.secured_by, police.traces_secured_by),
    ]


def _consents(pen: Pen, consents: Sequence[Consent]) -> Iterator[Section]:
    """Without one nothing of a school is in here, so that technical evidence may go ahead of it."""
    words, points = pen.words.crime, ("f6/consent",)
    if not consents:
        yield section(words.consent, points=points, paragraphs=(words.no_consent,), filling=Filling.UNKNOWN)
    for entry in consents:
        rows = [
            pen.row(words.document, entry.document),
            pen.row(words.scope, entry.scope),
            pen.row(words.signer, entry.signer),
            pen.row(words.signed_at, entry.at, pen.moment),
        ]
        yield section(words.consent, rows, points=points)


def _content(pen: Pen, record: CaseRecord) -> list[Row]:
    breach, assessment = Breach.of(record.assessment), record.assessment
    rows = [
        *pen.known(pen.words.crime.schools, "\n".join(record.police.schools)),
        *happened.data(pen, breach, assessment.records),
        *happened.persons_(pen, breach, assessment.persons),
    ]
    return [row for row in rows if row.filling is not Filling.MISSING]
