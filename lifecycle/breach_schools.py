"""Which schools a breach affects, each with its own numbers: picked, or imported line by line (P-7.3)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from directory.models import School
from lifecycle.access import By
from lifecycle.case_desk import let_duties_follow, log, may_decide, take
from lifecycle.errors import Invalid
from privacy import services
from privacy.models import AffectedSchool, Case
from privacy.services import Hit

__all__ = ["Hit", "affect", "hits_of", "language_of", "read_csv", "spare"]
FRENCH = frozenset({"GE", "JU", "NE", "VD"})
ITALIAN = frozenset({"TI"})
UNKNOWN = frozenset({"", "?", "-", "unbekannt", "noch unbekannt", "unknown"})
MOST = 2000
HIGHEST = 10**9
ASKED = {"persons": "Personen", "records": "Datensätze"}


def language_of(school: School) -> str:
    """The language a school reads its notice in, as long as nobody chose another: its own, else that of its canton."""
    if school.language != "de":
        return school.language
    return "fr" if school.canton in FRENCH else "it" if school.canton in ITALIAN else "de"


def hits_of(entries: Sequence[Mapping[str, Any]]) -> list[Hit]:
    """Affected schools as programs name them: `school` by name or key, `persons`, `records`, `language`.

    A number may be left out, null or «unknown». Raises Invalid on `schools` with every entry that is wrong.
    """
    by_name, by_key = _schools()
    hits, problems = [], []
    for at, entry in enumerate(entries, 1):
        named = str(entry.get("school", "")).strip()
        school = by_name.get(named.casefold()) or by_key.get(named)
        numbers = {name: entry.get(name) for name in ASKED}
        wrong = [name for name, number in numbers.items() if not _is_number(number)]
        if school is None:
            problems.append(_("%(at)s: diese Schule gibt es nicht.") % {"at": at})
        elif wrong:
            problems.append(_("%(at)s: eine Zahl, oder unbekannt.") % {"at": at})
        else:
            kept = {name: number if isinstance(number, int) else None for name, number in numbers.items()}
            hits.append(Hit(school, **kept, language=str(entry.get("language") or language_of(school))))
    if problems:
        raise Invalid({"schools": problems})
    return hits


def _is_number(number: Any) -> bool:
    is_said_unknown = number is None or number == {"unknown": True} or number == "unknown"
    return is_said_unknown or (isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= HIGHEST)


@transaction.atomic
def affect(number: str, *, hits: Sequence[Hit], by: By, now: datetime, version: int | None = None) -> Case:
    """Adds affected schools, or corrects their numbers. Each stands under its own law from then on (P-7.3)."""
    may_decide(by)
    case = take(number, by=by, version=version)
    if not hits:
        raise Invalid.field("schools", _("Welche Schulen?"))
    _refuse_when_over(case)
    new, corrected = services.affect(case, hits, now=now)
    services.change(case, now=now, set_={})
    log(case, "privacy.schools_affected", by=by, now=now, new=new, corrected=corrected)
    let_duties_follow(case)
    return case


@transaction.atomic
def spare(number: str, *, school: int, by: By, now: datetime, version: int | None = None) -> Case:
    """A school is not affected after all. Who was told already is told so by a follow-up notice instead."""
    may_decide(by)
    case = take(number, by=by, version=version)
    row = AffectedSchool.objects.filter(case=case, pk=school).first()
    if row is None:
        raise Invalid.field("school", _("Diese Schule steht nicht im Fall."))
    if row.notices.filter(sent_at__isnull=False).exists():
        raise Invalid.field(
            "school", _("Diese Schule ist bereits informiert: bitte mit einer Folgemitteilung richtigstellen.")
        )
    row.delete()
    services.change(case, now=now, set_={})
    log(case, "privacy.school_spared", by=by, now=now)
    let_duties_follow(case)
    return case


def read_csv(text: str) -> list[Hit]:
    """Lines «Schule; Personen; Datensätze» (also with commas or tabs): each is right, or none is taken.

    A school is named by its name or number; a number may be left open. Raises Invalid on `csv` with the lines that are
    wrong.
    """
    by_name, by_key = _schools()
    hits: dict[int, Hit] = {}
    problems: list[str] = []
    for at, cells in _lines(text):
        if len(hits) + len(problems) >= MOST:
            problems.append(_("Höchstens %s Schulen auf einmal.") % MOST)
            break
        school = by_name.get(cells[0].casefold()) or by_key.get(cells[0])
        persons, records = (_number(cell) for cell in [*cells[1:], "", ""][:2])
        if school is None:
            problems.append(_("Zeile %(at)s: «%(name)s» ist keine Schule.") % {"at": at, "name": cells[0][:80]})
        elif school.pk in hits:
            problems.append(_("Zeile %(at)s: «%(name)s» steht schon weiter oben.") % {"at": at, "name": school.name})
        elif -1 in (persons, records):
            said = {"at": at, "name": school.name}
            problems.append(_("Zeile %(at)s: bei «%(name)s» steht keine Zahl (leer heisst unbekannt).") % said)
        else:
            hits[school.pk] = Hit(school, persons, records, language_of(school))
    if problems:
        raise Invalid({"csv": problems})
    if not hits:
        raise Invalid.field("csv", _("Darin steht keine Schule."))
    return list(hits.values())


def _schools() -> tuple[dict[str, School], dict[str, School]]:
    """Every school by its name and by its key."""
    there = list(School.objects.all())
    return {school.name.casefold(): school for school in there}, {str(school.pk): school for school in there}


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, with their numbers; a head line is none."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = next((mark for mark in (";", "\t", ",") if mark in first), ";")
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
    for at, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row]
        is_head = at == 1 and cells and cells[0].casefold() in {"schule", "school", "name"}
        if any(cells) and not is_head:
            yield at, cells


def _number(cell: str) -> int | None:
    """A number of a cell, None where it is open, -1 where it is something else."""
    plain = cell.replace("'", "").replace("’", "").replace(" ", "")
    if cell.casefold() in UNKNOWN:
        return None
    return int(plain) if plain.isascii() and plain.isdigit() and int(plain[:11]) <= HIGHEST else -1


def _refuse_when_over(case: Case) -> None:
    if not case.is_open:
        raise Invalid.field("state", _("Dieser Fall ist abgeschlossen."))
