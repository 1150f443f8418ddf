"""Search from everywhere: the field in the top bar, and the palette while somebody types."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.door import READ, StaffRequest, room
from incidents.models import Incident
from incidents.selectors import search, visible_to


@room(methods=READ)
def everywhere(request: StaffRequest) -> HttpResponse:
    """Shows the incident whose number was typed, otherwise the list of what matches."""
    text = request.GET.get("q", "").strip()[:200]
    number = text.upper()
    if number.startswith("INC-") and visible_to(request.user).filter(number=number).exists():
        return redirect(reverse("console:incident", args=[number]))
    return redirect(f"{reverse('console:incidents')}?{urlencode({'q': text} if text else {'open': 'true'})}")


@room(methods=READ)
def suggest(request: StaffRequest) -> HttpResponse:
    """Up to eight incidents for the palette, best first."""
    visible = visible_to(request.user)
    found = search(visible, request.GET.get("q", "")[:200], limit=8)
    rows = {row.pk: row for row in visible.filter(pk__in=found)}
    return JsonResponse({"results": [_brief(rows[pk]) for pk in found if pk in rows]})


def _brief(incident: Incident) -> dict[str, str]:
    return {
        "number": incident.number,
        "title": incident.title,
        "hint": f"{incident.get_priority_display()}, {incident.get_status_display()}",
        "url": reverse("console:incident", args=[incident.number]),
    }
