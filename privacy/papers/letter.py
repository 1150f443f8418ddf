"""The letter to the persons concerned (F4): short sentences, from their school, to parents of minors."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import to_jsonable_python

from privacy.papers import happened
from privacy.papers.paper import Form, Paper, Phrase, Row, Section, worst
from privacy.papers.pen import Pen, section, told
from privacy.papers.reading import reading
from privacy.papers.record import SchoolRecord
from privacy.schema import Law, SchoolKind

DSV, GDPR = "dsv_15_3", "gdpr_34_2"


def persons_letter(record: SchoolRecord, language: str, law: Law) -> Paper:
    """F4: points a, e, f, g of Art. 15 DSV in plain words; where the GDPR applies also those of its Art. 34(2)."""
    pen = Pen.of(language, law, record.head)
    words, school = pen.words.letter, record.school
    european = any(entry.regime.applies_to is SchoolKind.EU_EEA for entry in school.standing.jurisdictions)
    parts = [*_sections(pen, record)]
    greeting = words.to_parents if record.breach.minors is True else words.to_persons
    text = [
        phrase.text for part in parts for phrase in (*part.paragraphs, *(one for row in part.rows for one in row.said))
    ]
    return pen.paper(
        Form.PERSONS_LETTER,
        lists=(DSV, GDPR) if european else (DSV,),
        title=words.title,
        sender=tuple(line for line in (school.name, school.city) if line),
        marking=None,
        greeting=greeting,
        lead=(Phrase(text=words.lead.format(school=school.name)),),
        sections=parts,
        closing=(words.sorry, pen.words.common.regards, school.name),
        reading=reading("\n".join(text), pen.language),
        facts=to_jsonable_python(
            {
                "school": {"name": school.name, "city": school.city},
                "contact": school.contact or record.head.contact,
                "breach": record.breach,
                "advice": record.advice or None,
            }
        ),
    )


def _sections(pen: Pen, record: SchoolRecord) -> Iterator[Section]:
    words, breach = pen.words.letter, record.breach
    (_, became), (which, *_) = happened.nature(pen, breach), happened.data(pen, breach, None)
    said = (words.which_data.format(list=_said(which)), words.what_became.format(list=_said(became)))
    filling = worst((became.filling, which.filling))
    yield section(words.happened, points=(f"{DSV}/a", f"{GDPR}/nature"), paragraphs=said, filling=filling)
    yield told(words.means, happened.consequences(pen, breach), points=(f"{DSV}/e", f"{GDPR}/c"))
    taken, planned = happened.measures(pen, breach)
    measures = [_labelled(taken, words.done_so_far), _labelled(planned, words.planned)]
    yield section(words.done, measures, points=(f"{DSV}/f", f"{GDPR}/d"))
    if record.advice.strip():
        yield section(words.you_can, paragraphs=(record.advice,))
    asked = happened.contact(pen, record.school.contact or record.head.contact)
    yield section(words.ask, asked, points=(f"{DSV}/g", f"{GDPR}/b"), paragraphs=(words.ask_lead,))


def _labelled(row: Row, label: str) -> Row:
    return row.model_copy(update={"label": label})


def _said(row: Row) -> str:
    return "; ".join(phrase.text for phrase in row.said)
