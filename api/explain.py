"""Why an incident has its priority, as facts for programs and one sentence for people (P-4.3, P-4.4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from incidents.models import Impact, Incident, PriorityChoice
from process.schema import Criterion, Document


def priority_reason(incident: Incident, document: Document) -> dict[str, Any]:
    """Matrix cell, ticked criteria and override, under the version the incident is pinned to."""
    language = get_language() or "de"
    paragraph = document.matrix.paragraph
    override = _override(incident)
    words = {
        "impact": Impact(incident.impact).label,
        "urgency": Impact(incident.urgency).label,
        "computed": PriorityChoice(incident.priority_computed).label,
        "paragraph": paragraph,
    }
    sentence = _("Auswirkung «%(impact)s» × Dringlichkeit «%(urgency)s» ergibt «%(computed)s» (%(paragraph)s)") % words
    if override:
        by = {"by": override["by"] or "–", "reason": override["reason"]}
        sentence += "; " + _("übersteuert durch %(by)s: %(reason)s") % by
    return {
        "text": sentence,
        "paragraph": paragraph,
        "computed": incident.priority_computed,
        "urgency_criteria": _criteria(document.urgency_criteria, incident.urgency_criteria, language),
        "impact_criteria": _criteria(document.impact_criteria, incident.impact_criteria, language),
        "override": override,
    }


def _criteria(known: list[Criterion], ticked: list[str], language: str) -> list[dict[str, str]]:
    by_key = {criterion.key: criterion for criterion in known}
    return [
        {"key": key, "label": by_key[key].label.in_(language), "paragraph": by_key[key].paragraph}
        for key in ticked
        if key in by_key
    ]


def _override(incident: Incident) -> dict[str, Any] | None:
    if incident.priority_override_at is None:
        return None
    who = incident.priority_override_by
    return {
        "by": who.username if who else None,
        "at": incident.priority_override_at,
        "reason": incident.priority_override_reason,
    }
