"""Papers of one school: our notice to it (F2) and the report it may hand to its authority (F3).

Both are written from a `SchoolRecord` alone. What the school has to do comes from its standing in the law; where that
is not known the notice asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import to_jsonable_python

from privacy.papers import happened
from privacy.papers.paper import Filling, Form, Paper, Phrase, Row, Section
from privacy.papers.pen import Pen, section
from privacy.papers.record import SchoolRecord
from privacy.rules.assessment import UNKNOWN
from privacy.rules.regimes import Jurisdiction
from privacy.schema import Law, SchoolKind

DSV, GDPR = "dsv_15_1", "gdpr_33_3"


def school_notice(record: SchoolRecord, language: str, law: Law) -> Paper:
    """F2: what happened to this school's data, what it has to do by its own law, and when it hears again."""
    pen = Pen.of(language, law, record.head)
    words, common = pen.words.notice, pen.words.common
    update, again = record.follow_up, record.next_update_at
    parts: list[Section] = []
    if update:
        parts.append(section(words.news, paragraphs=(update.news,)))
    parts += happened.sections(pen, record.breach, persons=record.school.persons, records=record.school.records)
    parts.append(section(words.cantons, paragraphs=(_other_cantons(pen, record),)))
    parts += _what_to_do(pen, record)
    if record.extra.strip():
        parts.append(section(words.extra, paragraphs=(record.extra,)))
    closing = words.next_update_at.format(at=pen.moment(again)) if again else words.next_update_open
    parts.append(section(words.next_update, paragraphs=(closing,)))
    return pen.paper(
        Form.SCHOOL_NOTICE,
        lists=_lists(record.school.standing.jurisdictions),
        title=words.follow_up.format(version=update.version) if update else words.title,
        recipient=_address(record),
        greeting=common.greeting,
        lead=(Phrase(text=words.lead_follow_up if update else words.lead),),
        sections=parts,
        closing=(common.regards, record.head.contact.name, common.contact_function, record.head.company.name),
        facts=_facts(record),
    )


def authority_report(record: SchoolRecord, jurisdiction: Jurisdiction, language: str, law: Law) -> Paper:
    """F3: the report of the school to an authority it stands under, for the school to check, sign and hand in.

    ValueError for an authority the school does not stand under.
    """
    if jurisdiction not in record.school.standing.jurisdictions:
        raise ValueError("expected a jurisdiction of this school")
    pen = Pen.of(language, law, record.head)
    words = pen.words.report
    parts = [
        section(words.controller, _controller(pen, record)),
        section(words.processor, _processor(pen, record)),
        *happened.sections(pen, record.breach, persons=record.school.persons, records=record.school.records),
        section(pen.words.notice.cantons, paragraphs=(_other_cantons(pen, record),)),
        *_late(pen, record, jurisdiction),
    ]
    parts.append(section(words.open, paragraphs=_still_open(pen, parts)))
    if record.attachments:
        parts.append(section(words.attachments, paragraphs=record.attachments))
    authority = jurisdiction.authority
    return pen.paper(
        Form.AUTHORITY_REPORT,
        lists=_lists((jurisdiction,)),
        title=_title(pen, jurisdiction),
        sender=_address(record),
        recipient=(authority.label.in_(pen.language) if authority else words.addressee,),
        sections=parts,
        closing=(words.signature,),
        facts={
            **_facts(record),
            "jurisdiction": _jurisdiction_facts(record, jurisdiction),
            "late_reason": record.late_reason or None,
            "forward_to_ncsc": record.forward,
            "attachments": list(record.attachments),
        },
    )


def _lists(jurisdictions: tuple[Jurisdiction, ...]) -> tuple[str, ...]:
    """Where the GDPR alone applies its points are asked; a notice satisfies the Swiss ones always."""
    european = [entry.regime.applies_to is SchoolKind.EU_EEA for entry in jurisdictions]
    return (DSV, GDPR) if any(european) else (DSV,)


def _title(pen: Pen, jurisdiction: Jurisdiction) -> str:
    words = pen.words.report
    by_kind = {SchoolKind.EU_EEA: words.title_gdpr, SchoolKind.PRIVATE: words.title_edoeb}
    return by_kind.get(jurisdiction.regime.applies_to, words.title_cantonal)


def _address(record: SchoolRecord) -> tuple[str, ...]:
    school = record.school
    return tuple(line for line in (school.name, f"{school.city} {school.canton}".strip()) if line)


def _other_cantons(pen: Pen, record: SchoolRecord) -> str:
    words = pen.words.notice
    if isinstance(record.other_cantons, bool):
        return words.cantons_yes if record.other_cantons else words.cantons_no
    return words.cantons_unknown


def _what_to_do(pen: Pen, record: SchoolRecord) -> Iterator[Section]:
    words, standing = pen.words.notice, record.school.standing
    yield section(
        words.duty,
        happened.severity(pen, record.severity),
        paragraphs=(words.duty_lead, *([words.find_out[standing.missing]] if standing.missing else [])),
    )
    for jurisdiction in standing.jurisdictions:
        yield section(words.to_authority, tuple(_rule(pen, record, jurisdiction)))
    attached = [words.draft_attached] if standing.jurisdictions else []
    yield section(words.report_id, paragraphs=(*attached, words.report_id_ask))


def _rule(pen: Pen, record: SchoolRecord, jurisdiction: Jurisdiction) -> Iterator[Row]:
    """What the law of a place asks, in its own words, with the clock of this school."""
    words, rule, authority = pen.words.notice, jurisdiction.rule, jurisdiction.authority
    clock = record.school.clock(jurisdiction)
    yield from pen.quoted(words.law, rule.law if rule else jurisdiction.regime.law)
    if authority:
        yield from pen.quoted(words.authority, authority.label)
        yield from pen.quoted(words.channel, authority.channel)
    if authority and authority.url:
        yield Row(label=words.link, said=(Phrase(text=authority.url, url=authority.url),))
    if rule:
        yield from pen.quoted(words.threshold, rule.threshold)
        yield from pen.quoted(words.deadline, rule.deadline)
    yield from _until(pen, jurisdiction, clock.due_at if clock else None, clock.target_at if clock else None)
    if clock:
        advice = clock.recommendation
        verdict = Phrase(text=pen.words.choices.verdict[advice.verdict])
        yield Row(label=words.recommendation, said=(verdict, pen.of_law(advice.because)))
    for entry in jurisdiction.entries:
        yield from pen.quoted(words.open_question, entry.open_question)


def _until(pen: Pen, jurisdiction: Jurisdiction, due: datetime | None, target: datetime | None) -> Iterator[Row]:
    """The limit of the law; before the school knows there are its hours alone."""
    words, rule = pen.words.notice, jurisdiction.rule
    hours = rule.limit_hours if rule else None
    if due or hours:
        said = pen.moment(due) if due else words.latest_hours.format(hours=hours)
        yield Row(label=words.latest, said=(Phrase(text=said),))
    if target:
        yield Row(label=words.target, said=(Phrase(text=pen.moment(target)),))


def _controller(pen: Pen, record: SchoolRecord) -> list[Row]:
    words, school = pen.words.report, record.school
    asked, canton = school.contact, pen.words.cantons.get(school.canton, school.canton)
    told = ", ".join(part for part in (asked.name, asked.mail, asked.phone) if part) if asked else words.to_be_added
    return [
        pen.row(words.organisation, school.name),
        *pen.known(words.kind, school.kind and pen.words.choices.kind[school.kind]),
        *pen.known(words.place, ", ".join(part for part in (school.city, canton) if part)),
        pen.row(words.school_contact, told),
        pen.row(words.school_aware, school.aware_at or UNKNOWN, pen.moment),
        *pen.known(words.earlier_report, record.report_id),
    ]


def _processor(pen: Pen, record: SchoolRecord) -> list[Row]:
    company, words = record.head.company, pen.words.report
    forward = pen.known(words.forward, record.forward, pen.yes_no)
    return [pen.row(words.processor, "\n".join((company.name, *company.address))), *forward]


def _late(pen: Pen, record: SchoolRecord, jurisdiction: Jurisdiction) -> Iterator[Section]:
    """Why it comes so late: asked for where the law names hours, said elsewhere where somebody gave a reason."""
    words, aware, rule = pen.words.report, record.school.aware_at, jurisdiction.rule
    hours = rule.limit_hours if rule else None
    is_late = hours is not None and aware is not None and record.head.made_at > aware + timedelta(hours=hours)
    if is_late or record.late_reason.strip():
        yield section(words.late, [pen.row(words.late_reason, record.late_reason)])


def _still_open(pen: Pen, parts: list[Section]) -> tuple[str, ...]:
    words = pen.words.report
    rows = [(f"{part.heading}: {row.label}", row.filling) for part in parts for row in part.rows]
    rows += [(part.heading, part.filling) for part in parts if not part.rows]
    names = [name for name, filling in rows if filling is not Filling.FILLED]
    return (words.open_lead, *names) if names else (words.nothing_open,)


def _facts(record: SchoolRecord) -> dict[str, Any]:
    """The record for machines: what of the law stands in it is named by key and link."""
    school = record.school
    return dict(
        to_jsonable_python(
            {
                "aware_at": record.head.aware_at,
                "contact": record.head.contact,
                "breach": record.breach,
                "severity": record.severity and {"score": record.severity.score, "band": record.severity.band},
                "school": {
                    "name": school.name,
                    "kind": school.kind,
                    "canton": school.canton,
                    "city": school.city,
                    "persons": school.persons,
                    "records": school.records,
                    "aware_at": school.aware_at,
                    "missing": school.standing.missing,
                    "jurisdictions": [_jurisdiction_facts(record, entry) for entry in school.standing.jurisdictions],
                },
                "other_cantons": record.other_cantons,
                "next_update_at": record.next_update_at,
                "follow_up": record.follow_up,
                "report_id": record.report_id or None,
            }
        )
    )


def _jurisdiction_facts(record: SchoolRecord, jurisdiction: Jurisdiction) -> dict[str, Any]:
    clock, authority = record.school.clock(jurisdiction), jurisdiction.authority
    return {
        "regime": jurisdiction.regime.key,
        "authority": authority.key if authority else None,
        "url": authority.url if authority else None,
        "due_at": clock.due_at if clock else None,
        "target_at": clock.target_at if clock else None,
        "recommendation": clock.recommendation.verdict if clock else None,
    }
