"""Which schools a breach affects, each with its own numbers: picked, or imported line by line (P-7.3)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.text import clean
from directory.models import School
from lifecycle.access import By
from lifecycle.case_desk import let_duties_follow, log, may_decide, refuse_when_over, take
from lifecycle.errors import Invalid
from privacy import services
from privacy.models import AffectedSchool, Case
from privacy.models.schools import NOTICE_LANGUAGES
from privacy.services import Hit

__all__ = ["Hit", "affect", "hits_of", "placed", "read_csv", "spare"]
FRENCH = frozenset({"GE", "JU", "NE", "VD"})
ITALIAN = frozenset({"TI"})
UNKNOWN = frozenset({"", "?", "-", "unbekannt", "noch unbekannt", "unknown"})
MOST = 2000
SHOWN = 20
LONGEST_LINE = 2000
HIGHEST = 10**9
ASKED = ("persons", "records")
TONGUES = tuple(key for key, _name in NOTICE_LANGUAGES)


def language_of(school: School) -> str:
    """The language a school reads its notice in, as long as nobody chose another: its own, else that of its canton."""
    if school.language != "de":
        return school.language
    return "fr" if school.canton in FRENCH else "it" if school.canton in ITALIAN else "de"


def hits_of(entries: Sequence[Any]) -> list[Hit]:
    """Affected schools as programs name them: `school` by name or key, `persons`, `records`, `language`.

    A number may be left out, null or «unknown». Raises Invalid on `schools` with every entry that is wrong.
    """
    by_name, by_key = _schools()
    hits, problems = [], []
    for at, entry in enumerate(entries[:MOST], 1):
        given = entry if isinstance(entry, Mapping) else {}
        named = str(given.get("school", "")).strip()
        school = by_name.get(named.casefold()) or by_key.get(named)
        numbers = {name: given.get(name) for name in ASKED}
        if school is None:
            problems.append(_("%(at)s: diese Schule gibt es nicht.") % {"at": at})
        elif not all(map(_is_number, numbers.values())):
            problems.append(_("%(at)s: eine Zahl, oder unbekannt.") % {"at": at})
        elif given.get("language") not in (None, "", *TONGUES):
            problems.append(_("%(at)s: eine dieser Sprachen: %(all)s.") % {"at": at, "all": ", ".join(TONGUES)})
        else:
            kept = {name: number if isinstance(number, int) else None for name, number in numbers.items()}
            hits.append(Hit(school, **kept, language=given.get("language") or ""))
    if len(entries) > MOST:
        problems.append(_("Höchstens %s Schulen auf einmal.") % MOST)
    if problems:
        raise Invalid({"schools": problems})
    return hits


def placed(case: Case, hits: Sequence[Hit]) -> list[Hit]:
    """The same schools, each with a language: the one given, else the one chosen before, else its own.

    Invalid on `schools` where one school is named twice, as nobody can say which numbers hold.
    """
    count = Counter(hit.school.name for hit in hits)
    if twice := sorted(name for name, times in count.items() if times > 1):
        raise Invalid.field("schools", _("Mehrfach genannt: %s.") % ", ".join(twice))
    chosen = dict(AffectedSchool.objects.filter(case=case).values_list("school", "language"))
    return [replace(hit, language=hit.language or chosen.get(hit.school.pk) or language_of(hit.school)) for hit in hits]


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
    refuse_when_over(case)
    new, corrected = services.affect(case, placed(case, hits), now=now)
    services.change(case, now=now, set_={})
    log(case, "privacy.schools_affected", by=by, now=now, new=new, corrected=corrected)
    let_duties_follow(case)
    return case


@transaction.atomic
def spare(number: str, *, school: int, by: By, now: datetime, version: int | None = None) -> Case:
    """A school is not affected after all. Who was told already is told so by a follow-up notice instead."""
    may_decide(by)
    case = take(number, by=by, version=version)
    refuse_when_over(case)
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
            hits[school.pk] = Hit(school, persons, records)
    if problems:
        rest = len(problems) - SHOWN
        more = [_("Und %s weitere.") % rest] if rest > 0 else []
        raise Invalid({"csv": [*problems[:SHOWN], *more]})
    if not hits:
        raise Invalid.field("csv", _("Darin steht keine Schule."))
    return list(hits.values())


def _schools() -> tuple[dict[str, School], dict[str, School]]:
    """Every school by its name and by its key."""
    there = list(School.objects.all())
    return {school.name.casefold(): school for school in there}, {str(school.pk): school for school in there}


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, with their numbers; a head line is none."""
    lines = clean(text.lstrip("\ufeff")).split("\n")
    delimiter = next((mark for mark in (";", "\t", ",") if mark in lines[0]), ";")
    for at, line in enumerate(lines, 1):
        row = next(csv.reader([line[:LONGEST_LINE]], delimiter=delimiter), [])
        cells = [cell.strip() for cell in row]
        is_head = at == 1 and cells and cells[0].casefold() in {"schule", "school", "name"}
        if any(cells) and not is_head:
            yield at, cells


def _number(cell: str) -> int | None:
    """A number of a cell, None where it is open, -1 where it is something else."""
    plain = cell.replace("'", "").replace("’", "").replace(" ", "")
    if cell.casefold() in UNKNOWN:
        return None
    is_number = plain.isascii() and plain.isdigit() and len(plain) <= len(str(HIGHEST))
    return int(plain) if is_number and int(plain) <= HIGHEST else -1
