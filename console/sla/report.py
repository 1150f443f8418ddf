"""The report by e-mail: figures in words, tables and, as PDF, every chart. `lifecycle.reporting` sends it.

Only `manage.py sla_report` draws the PDF: what draws it is large, and neither web nor worker may carry it.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from console.charts.bars import Bars
from console.offline_kit import draw_pdf
from console.sla import panels
from console.sla.asked import Asked
from console.sla.cards import cards
from console.sla.sections import SECTIONS, Content
from core.clock import ZURICH
from figures.selectors import board
from figures.vocabulary import BadFilter, parse, vocabulary
from lifecycle import reporting
from lifecycle.reporting import Due, Letter
from notifications.models import ReportPlan
from notifications.rules.reports import Days, newest

TOLD = (
    "attainment_response", "attainment_resolution", "arrivals", "closures", "backlog", "majors", "mtta.median",
    "time_to_resolve.median", "reopened", "escalated_management",
)  # fmt: skip
STYLE = Path(__file__).with_name("report.css")
DRAWN = Path(__file__).with_name("drawn.css")


def is_any_due(*, now: datetime) -> bool:
    """Whether a report waits to be sent."""
    return bool(reporting.due(now=now))


def send_due(*, now: datetime) -> int:
    """Composes and sends what is due; returns the mails queued."""
    return sum(reporting.issue(due, letters=_letters(due, now=now), now=now) for due in reporting.due(now=now))


def preview(plan: ReportPlan, *, now: datetime) -> str:
    """The HTML mail as it would go out now, in the reader's language."""
    days, _since = newest(plan.rhythm, now=now, zone=ZURICH)
    asked = _asked(plan, days, now)
    return _html(asked, _context(asked, has_pdf=True))


def _letters(due: Due, *, now: datetime) -> dict[str, Letter]:
    wanted = {"en" if person.language == "en" else "de" for person in reporting.readers(due.plan)}
    return {language: _letter(due, language, now) for language in wanted}


def _letter(due: Due, language: str, now: datetime) -> Letter:
    with translation.override("en" if language == "en" else settings.LANGUAGE_CODE):
        asked = _asked(due.plan, due.days, now)
        whole = [(section, section.build(asked)) for section in SECTIONS.values()]
        page = render_to_string("console/sla/report.html", _paper(asked, whole))
        pdf, _why = draw_pdf(page)
        context = _context(asked, has_pdf=bool(pdf))
        return Letter(context, _html(asked, context), pdf, f"sla-{due.days.first}-{due.days.last}.pdf")


def _asked(plan: ReportPlan, days: Days, now: datetime) -> Asked:
    """The filters of a plan over its period. A value that has gone since (a school, a team) counts as not set."""
    words, today = vocabulary(), now.astimezone(ZURICH).date()
    told = {name: [str(value)] for name, value in QueryDict(plan.query).items()}
    told |= {"from": [days.first.isoformat()], "to": [days.last.isoformat()]}
    try:
        filters = parse(told, vocabulary=words, today=today)
    except BadFilter as bad:
        kept = {name: values for name, values in told.items() if name not in bad.errors}
        filters = parse(kept, vocabulary=words, today=today)
    return Asked("/sla/", filters, words, now)


def _context(asked: Asked, *, has_pdf: bool) -> dict[str, Any]:
    """What the mail says in words."""
    found = cards(asked, board(asked.filters, now=asked.now), TOLD)
    broken = panels.causes(asked)
    return {
        "period": asked.period,
        "against": asked.against,
        "figures": [
            {
                "label": card.label,
                "value": card.value,
                "change": card.change,
                "verdict": card.verdict,
                "note": card.note,
            }
            for card in found
        ],
        "causes": [{"label": row.bar.label, "value": row.words} for row in broken.rows],
        "has_pdf": has_pdf,
    }


def _html(asked: Asked, context: dict[str, Any]) -> str:
    grid = SECTIONS["promises"].build(asked).grids[0]
    facts = {**context, "asked": asked, "grid": grid, "link": f"{settings.BASE_URL}/sla/?{asked.query}"}
    return render_to_string("console/sla/report_mail.html", facts)


def _paper(asked: Asked, whole: list[tuple[Any, Content]]) -> dict[str, Any]:
    for _section, content in whole:
        for panel in content.panels:
            if not isinstance(panel, Bars):
                panel.narrow = None  # paper is wide
    return {
        "asked": asked,
        "whole": whole,
        "style": _style(STYLE) + _style(DRAWN),
        "drawn": _style(DRAWN),
        "on_paper": True,
    }


@cache
def _style(path: Path) -> str:
    """Ours, and the one thing in a page that is not escaped: it has quotes."""
    return mark_safe(path.read_text(encoding="utf-8"))  # noqa: S308
