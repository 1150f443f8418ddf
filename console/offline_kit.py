"""The offline kit: whom to call and what to do, on one page that needs no server and no network (P-6.2).

Composed of every floor, so it stands at the door. Only `manage.py offline_kit` makes a PDF of it: what draws the PDF is
large, and neither web nor worker may carry it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from core import pulses
from core.clock import ZURICH
from core.models import Pulse
from directory.models import Person
from directory.selectors import holders_by_role, schools
from escalation.on_call import plans, watches
from escalation.rules.oncall import Turn, turns
from escalation.team import seats_of
from incidents.models import OPEN_VALUES, Incident
from incidents.room import roles_held, schools_of, situation_of
from incidents.selectors import major_events
from process.schema import Document
from process.selectors import current, document
from statuspage.copies import put

PULSE = "offline_kit"
FAILED = "offline_kit_failed"
OLD = timedelta(hours=26)
"""A night was missed. Beyond that, what one would read while everything is down may be wrong."""
AT_NIGHT = time(2, 30)
AHEAD = timedelta(days=7)
MOST_INCIDENTS = 300
KEPT = {"nightly": 7, "major": 20}
"""Kits that stay, of each kind; older ones go, since they hold phone numbers."""
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Made:
    """What came of making a kit: the page always, the PDF where it could be drawn, else why not."""

    html: Path
    pdf: Path | None
    why_no_pdf: str = ""


def is_due(*, now: datetime) -> bool:
    """Whether the night, or a major declared since, asks for a new kit. What a killed process missed is still due."""
    pulse = Pulse.objects.filter(name=PULSE).first()
    if pulse is None:
        return True
    night = datetime.combine(now.astimezone(ZURICH).date(), AT_NIGHT, ZURICH)
    last_night = night if night <= now else night - timedelta(days=1)
    return pulse.at < last_night or _is_declared_since(pulse.at)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person sees of the newest kit; `kit` is None when none was ever made."""

    kit: Pulse | None
    is_failing: bool
    is_old: bool


def standing(*, now: datetime) -> Standing:
    """Whether the newest kit can be relied on, and whether the last attempt at a new one failed."""
    pulses_by_name = Pulse.objects.in_bulk([PULSE, FAILED], field_name="name")
    kit, failed = pulses_by_name.get(PULSE), pulses_by_name.get(FAILED)
    is_failing = failed is not None and (kit is None or failed.at > kit.at)
    return Standing(kit, is_failing, kit is not None and kit.at < now - OLD)


def make(*, folder: Path, now: datetime) -> Made:
    """Writes the kit as page and PDF, readable by its owner alone, and removes old ones. Raises OSError."""
    before = Pulse.objects.filter(name=PULSE).first()
    is_for_major = before is not None and _is_declared_since(before.at)
    name = f"{'major' if is_for_major else 'nightly'}-{now.astimezone(ZURICH):%Y%m%d-%H%M%S}"
    with translation.override("de-ch"):
        text = render_to_string("offline/kit.html", _facts(now))
    page = folder / f"{name}.html"
    put(page, text, mode=PRIVATE)
    pdf, why = _draw(text, folder / f"{name}.pdf")
    _clear(folder)
    pulses.show(PULSE, at=now, data={"name": name, "has_pdf": pdf is not None, "why": why})
    return Made(page, pdf, why)


def newest(folder: Path, ending: str) -> Path | None:
    """The newest kit with that ending; None when there is none."""
    return max(folder.glob(f"*.{ending}"), key=_written, default=None)


def _is_declared_since(instant: datetime) -> bool:
    """Also of one that was demoted at once: what was declared is kept as it was then."""
    was_major = Incident.objects.filter(major_state__in=["declared", "demoted"], status__in=OPEN_VALUES)
    majors = list(was_major.values_list("pk", flat=True))
    events = major_events(majors) if majors else {}
    return any("declared" in kinds and kinds["declared"].at > instant for kinds in events.values())


def _draw(text: str, path: Path) -> tuple[Path | None, str]:
    drawn, why = draw_pdf(text)
    if not drawn:
        return None, why
    put(path, drawn, mode=PRIVATE)
    return path, ""


def draw_pdf(text: str) -> tuple[bytes, str]:
    """A page as PDF; empty, and why, where the system's libraries are missing. Only for processes that end with it."""
    try:
        from weasyprint import HTML  # noqa: PLC0415  (100 MB, and only this process needs it)
    except OSError as error:  # the wheel is there, the system's libraries are not
        return b"", str(error).splitlines()[0][:200]
    return bytes(HTML(string=text, url_fetcher=_nothing).write_pdf(pdf_variant="pdf/ua-1")), ""


def _nothing(url: str, *_args: Any, **_kwargs: Any) -> Any:
    """A kit refers to nothing outside itself; were a text to do so, it is not followed."""
    raise ValueError(f"refused: {url}")


def _clear(folder: Path) -> None:
    for litter in folder.glob(".*-*.*"):  # a process that was killed left it; it holds phone numbers too
        litter.unlink(missing_ok=True)
    for kind, kept in KEPT.items():
        for ending in ("html", "pdf"):
            for path in sorted(folder.glob(f"{kind}-*.{ending}"), key=_written)[:-kept]:
                path.unlink(missing_ok=True)


def _written(path: Path) -> str:
    return path.stem.partition("-")[2]


def _facts(now: datetime) -> dict[str, Any]:
    version = current()
    rules = document(version.pk)
    held = holders_by_role()
    rows = Incident.objects.filter(status__in=OPEN_VALUES).select_related("assignee", "team", "school")
    incidents = list(rows.order_by("-is_major", "priority_rank", "id")[:MOST_INCIDENTS])
    return {
        "made_at": now,
        "version": version.number,
        "rules": rules,
        "roles": [(role.label.in_("de"), held.get(role.key, [])) for role in rules.roles],
        "watches": [(rules.label("roles", watch.role), watch) for watch in watches(rules, at=now)],
        "turns": _turns(rules, now),
        "seats": [(seat.member.function.in_("de"), seat.member.name, seat.people) for seat in seats_of(rules)],
        "raci": [
            (row.label.in_("de"), row.paragraph, [row.roles.get(role.key, "") for role in rules.roles])
            for row in rules.raci
        ],
        "data_protection": [(duty, rules.label("roles", duty.role)) for duty in rules.data_protection],
        "majors": _majors([incident for incident in incidents if incident.is_major]),
        "incidents": incidents,
        "schools": schools(),
    }


def _turns(rules: Document, now: datetime) -> list[tuple[str, list[tuple[Turn, Person]]]]:
    return [
        (rules.label("roles", role), [(turn, plan.people[turn.person]) for turn in turns(plan.rota, now, now + AHEAD)])
        for role, plan in plans(since=now).items()
    ]


def _majors(majors: Sequence[Incident]) -> list[dict[str, Any]]:
    held = roles_held([incident.pk for incident in majors])
    return [
        {
            "incident": incident,
            "roles": list(held.get(incident.pk, {}).values()),
            "situation": situation_of(incident),
            "schools": [hit.school for hit in schools_of(incident)],
        }
        for incident in majors
    ]
