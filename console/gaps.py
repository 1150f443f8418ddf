"""What is wrong with the process, its people and its rotas, each with the way to where it is mended (P-1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory.models import Person
from escalation.chain_lint import Remark
from escalation.team import vacant
from lifecycle.access import EDIT_ROTAS, MANAGE_PEOPLE, may
from lifecycle.process_change import shortcomings
from process.lint import Finding, Severity
from process.selectors import current_document

OF_PEOPLE = {
    *("role_without_holder", "level_without_holder", "dead_end", "chain_reaches_nobody"),
    *("chain_of_one", "role_unknown"),
}
"""Findings that are mended by giving somebody a role, or taking one."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A finding as people read it. `href` leads to where it is mended, `word` names that place."""

    text: str
    paragraph: str
    is_grave: bool
    href: str
    word: str


def gaps_of(person: Person, instant: datetime) -> list[Gap]:
    """Errors and warnings of the document in force, its people and its rotas, the gravest first.

    Looks a year ahead in every rota, so it is asked for whole pages, not by regions that poll.
    """
    found = shortcomings(now=instant)
    language = get_language() or "de"
    return [*(_gap(remark, remark.finding, person, language) for remark in found), *_vacant_seats(instant, language)]


def _vacant_seats(instant: datetime, language: str) -> list[Gap]:
    """Seats of the Major Incident Team that a major would have to do without (P-6.2), in one line."""
    document = current_document()[1]
    names = ", ".join(member.function.in_(language) for member in vacant(document, now=instant))
    if not names:
        return []
    text = _("Major Incident Team: Niemand ist zu rufen für %(names)s.") % {"names": names}
    href = reverse("console:settings_team_seats")
    return [Gap(text, document.major.team_paragraph, False, href, _("Major Incident Team"))]


def _gap(remark: Remark, finding: Finding, person: Person, language: str) -> Gap:
    href, word = _mended_at(remark, person)
    text = finding.message.in_(language)
    return Gap(text, finding.paragraph, finding.severity is Severity.ERROR, href, word)


def _mended_at(remark: Remark, person: Person) -> tuple[str, str]:
    """Where it is mended; who may not do that is led to where it can be seen."""
    if remark.rota is not None:
        its_own = reverse("console:on_call_rota", args=[remark.rota.pk])
        return its_own if may(person, EDIT_ROTAS) else reverse("console:on_call"), _("Pikett")
    if remark.person is not None and may(person, MANAGE_PEOPLE):
        return reverse("console:settings_person", args=[remark.person.pk]), _("Person")
    if remark.person is not None or remark.finding.code in OF_PEOPLE:
        return reverse("console:settings_people"), _("Personen")
    return reverse("console:settings_process"), _("Prozess")
