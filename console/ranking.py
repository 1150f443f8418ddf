"""The priority while boxes are being ticked: computed by the same rule as the verb, with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from console.door import WRITE, StaffRequest, room
from console.page import page
from incidents.rules.priority import NotRanked, rank
from incidents.selectors import visible_to
from process.schema import Document
from process.selectors import current_document, document


@dataclass(frozen=True, slots=True)
class Ranked:
    """A computed priority and the sentence that explains it."""

    priority: str
    sentence: str


def from_query(ticked: QueryDict, rules: Document) -> Ranked | None:
    """What the criteria ticked in a form mean."""
    return of(rules, urgency=ticked.getlist("urgency_criteria"), impact=ticked.getlist("impact_criteria"))


def of(rules: Document, *, urgency: list[str], impact: list[str]) -> Ranked | None:
    """What criteria mean, or nothing while one side is missing."""
    try:
        ranking = rank(rules, urgency_criteria=urgency, impact_criteria=impact)
    except NotRanked:
        return None
    return Ranked(ranking.priority.value, sentence(rules, urgency=ranking.urgency, impact=ranking.impact))


def sentence(rules: Document, *, urgency: str, impact: str) -> str:
    """Why a priority is what it is (P-4.4), with the paragraph."""
    levels = {"high": _("hoch"), "medium": _("mittel"), "low": _("niedrig")}
    return _("Dringlichkeit %(urgency)s × Auswirkung %(impact)s, Matrix %(paragraph)s") % {
        "urgency": levels[urgency],
        "impact": levels[impact],
        "paragraph": rules.matrix.paragraph,
    }


@room(methods=WRITE)
def preview(request: StaffRequest) -> HttpResponse:
    """The line below the criteria; an incident is ranked by the version of the process it follows."""
    incident = visible_to(request.user).filter(number=request.GET.get("incident", "")).first()
    rules = document(incident.process_version_id) if incident else current_document()[1]
    ranked = from_query(request.POST, rules)
    return page(request, "console/incidents/_computed.html", {"ranking": ranked})
