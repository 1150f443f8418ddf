"""The pages of the room. Filters stand in the address; what is not understood is said with its field."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from console.door import READ, StaffRequest, room
from console.page import page
from console.sla import risk, views
from console.sla.asked import Asked, ask
from console.sla.sections import SECTIONS
from lifecycle.access import ASK_WHAT_IF, SEE_FIGURES, may

WHOLE = "print"
OWN = frozenset({"horizon"})


@room(SEE_FIGURES, methods=READ)
def section(request: StaffRequest, key: str = "overview") -> HttpResponse:
    """One section by the filters in the address; without any, the person's own view of the room."""
    if not request.GET and (own := views.default_of(request.user)) is not None:
        return redirect(f"{request.path}?{own.query}")
    asked = ask(request, extra=OWN)
    asked.errors |= risk.errors_of(asked)
    context = frame(request, asked, key)
    if asked.errors:
        return page(request, "console/sla/room.html", context, status=400)
    context["content"] = SECTIONS[key].build(asked)
    if key in ("overview", "forecast"):
        context["risk"] = risk.at_risk_of(request.user, asked)
    return page(request, "console/sla/room.html", context, fragments={"risk": "console/sla/_risk.html"})


@room(SEE_FIGURES, methods=READ)
def whole(request: StaffRequest) -> HttpResponse:
    """Every section on one page, to print."""
    asked = ask(request)
    context = frame(request, asked, WHOLE)
    if not asked.errors:
        context["whole"] = whole = [(section, section.build(asked)) for section in SECTIONS.values()]
        context["content"] = first = whole[0][1]
        first.panels = []  # they stand in the sections that follow
    return page(request, "console/sla/whole.html", context, status=400 if asked.errors else 200)


def frame(request: StaffRequest, asked: Asked, key: str) -> dict[str, Any]:
    """What every page of the room shows around its content."""
    tabs: list[tuple[str, Any, bool]] = [
        (f"{reverse(section.route)}?{asked.query}", section.word, section.key == key) for section in SECTIONS.values()
    ]
    if may(request.user, ASK_WHAT_IF):
        tabs.append((reverse("console:what_if"), _("Was wäre wenn"), False))
    return {"asked": asked, "tabs": tabs, "section": SECTIONS.get(key), "now": asked.now, **views.shown(request, asked)}
