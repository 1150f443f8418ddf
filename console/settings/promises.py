"""The agreement as people read it: which target counts when, how long it is, and what the check has to say (§9)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from console.marks import hours
from directory.models import School
from incidents.models import PriorityChoice
from process.rules.findings import Severity
from process.rules.targets import check_overlaps
from process.schema import Document, SlaTarget

ROOMS = {
    "kind": "contact_kinds",
    "category": "categories",
    "module": "modules",
    "channel": "channels",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: `when` are its conditions in words, empty when it holds for every incident."""

    target: SlaTarget
    label: str
    when: list[str]
    length: str
    calendar: str


def rows(document: Document, language: str) -> list[Row]:
    """The targets clock by clock in the order in which they are tried."""
    ranked = sorted(document.sla.targets, key=lambda target: (target.clock.value, target.rank))
    schools = _names({number for target in ranked for number in target.when.school})
    return [
        Row(
            target,
            target.label.in_(language),
            _conditions(target, document, schools, language),
            hours(target.target_min * 60)
            if target.target_min
            else _("%(n)s Arbeitstage") % {"n": target.business_days},
            document.calendar(target.calendar).label.in_(language),
        )
        for target in ranked
    ]


def remarks(document: Document, language: str) -> list[tuple[bool, str]]:
    """Which targets overlap, and (True) which can never be chosen."""
    return [
        (finding.severity is Severity.WARNING, finding.message.in_(language)) for finding in check_overlaps(document)
    ]


def _conditions(target: SlaTarget, document: Document, schools: dict[int, str], language: str) -> list[str]:
    when, words = target.when, []
    if when.priority:
        words.append(", ".join(str(PriorityChoice(priority.value).label) for priority in when.priority))
    for name, room in ROOMS.items():
        if keys := getattr(when, name):
            words.append(", ".join(document.label(room, key, language) for key in keys))
    if when.school:
        words.append(", ".join(schools.get(number, f"{number}") for number in when.school))
    if when.contract:
        signed = [entry.label.in_(language) for entry in document.sla.contracts if entry.key in when.contract]
        words.append(_("Vertrag %(names)s") % {"names": ", ".join(signed)})
    if when.canton:
        words.append(_("Kanton %(names)s") % {"names": ", ".join(when.canton)})
    if when.major is not None:
        words.append(_("Major Incidents") if when.major else _("keine Major Incidents"))
    return words


def _names(numbers: Collection[int]) -> dict[int, str]:
    return dict(School.objects.filter(pk__in=numbers).values_list("pk", "name")) if numbers else {}
