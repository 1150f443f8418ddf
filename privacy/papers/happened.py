"""The seven points of Art. 15(1) DSV as sections that papers share; they answer the points of the GDPR as well."""

from __future__ import annotations

from privacy.papers.paper import Row, Section
from privacy.papers.pen import Pen, section, told
from privacy.papers.record import Breach, Contact
from privacy.rules.assessment import Answer
from privacy.rules.severity import Severity


def sections(pen: Pen, breach: Breach, *, persons: Answer[int], records: Answer[int]) -> tuple[Section, ...]:
    """Points a to g, with the numbers given; the contact is that of the head."""
    words = pen.words.facts
    return (
        section(words.nature, nature(pen, breach), points=("dsv_15_1/a", "gdpr_33_3/a")),
        section(words.time, time(pen, breach), points=("dsv_15_1/b",)),
        section(words.data, data(pen, breach, records), points=("dsv_15_1/c", "gdpr_33_3/a")),
        section(words.persons, persons_(pen, breach, persons), points=("dsv_15_1/d", "gdpr_33_3/a")),
        told(words.consequences, consequences(pen, breach), points=("dsv_15_1/e", "gdpr_33_3/c")),
        section(words.measures, measures(pen, breach), points=("dsv_15_1/f", "gdpr_33_3/d")),
        section(words.contact, contact(pen, pen.head.contact), points=("dsv_15_1/g", "gdpr_33_3/b")),
    )


def nature(pen: Pen, breach: Breach) -> list[Row]:
    """Which safety was lost and what became of the data."""
    words, choices = pen.words.facts, pen.words.choices
    return [
        pen.row(words.lost, breach.breach_types, pen.all_of(choices.breach_type)),
        pen.row(words.harms, breach.harms, pen.all_of(choices.harm)),
    ]


def time(pen: Pen, breach: Breach) -> list[Row]:
    """From when to when, and since when it is known."""
    words = pen.words.facts
    return [
        pen.row(words.occurred_from, breach.occurred_from, pen.moment),
        pen.row(words.occurred_to, breach.occurred_to, pen.moment),
        *pen.known(words.ongoing, breach.ongoing, pen.yes_no),
        *pen.known(words.contained_at, breach.contained_at, pen.moment),
        *pen.known(words.aware_at, breach.aware_at, pen.moment),
    ]


def data(pen: Pen, breach: Breach, records: Answer[int]) -> list[Row]:
    """Which data and how many."""
    words = pen.words.facts
    return [
        pen.row(words.data_categories, breach.data_categories, pen.all_of(pen.words.choices.data_category)),
        pen.row(words.records, records, pen.about),
        *pen.known(words.unintelligible, breach.unintelligible, pen.yes_no),
        *pen.known(words.key_compromised, breach.key_compromised, pen.yes_no),
    ]


def persons_(pen: Pen, breach: Breach, persons: Answer[int]) -> list[Row]:
    """Whose data and how many people."""
    words = pen.words.facts
    return [
        pen.row(words.person_categories, breach.person_categories, pen.all_of(pen.words.choices.person_category)),
        pen.row(words.persons_count, persons, pen.about),
        *pen.known(words.minors, breach.minors, pen.yes_no),
    ]


def consequences(pen: Pen, breach: Breach) -> Row:
    """What it may mean for the persons, in the officer's words."""
    return pen.row(pen.words.facts.consequences, breach.consequences)


def measures(pen: Pen, breach: Breach) -> list[Row]:
    """What was done and will be."""
    words = pen.words.facts
    return [
        pen.row(words.measures_taken, breach.measures_taken),
        pen.row(words.measures_planned, breach.measures_planned),
    ]


def contact(pen: Pen, person: Contact) -> list[Row]:
    """Whom to ask, and at least one way to reach them."""
    words = pen.words.facts
    ways = [(words.mail, person.mail), (words.phone, person.phone)]
    known = [pen.row(label, way) for label, way in ways if way]
    return [pen.row(words.name, person.name), *(known or [pen.row(words.mail, "")])]


def severity(pen: Pen, found: Severity | None) -> tuple[Row, ...]:
    """How grave it is, where somebody has weighed it."""
    words = pen.words.facts
    value = found and words.severity_value.format(band=pen.words.choices.band[found.band], score=f"{found.score:g}")
    return pen.known(words.severity, value)
