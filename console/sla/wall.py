"""The wall: a few large figures on a screen nobody sits at. It refreshes itself and says when it no longer can."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from console.door import READ, StaffRequest, room
from console.page import page
from console.sla import panels, risk
from console.sla.asked import ask
from console.sla.cards import TARGET, cards
from figures.selectors import board
from lifecycle.access import SEE_FIGURES

SHOWN = ("attainment_response", "attainment_resolution", "backlog", "arrivals", "closures", "majors")


def overview(request: HttpRequest, **_places: Any) -> HttpResponseBase:
    """The wall; without a login it says so and goes on asking, since nobody stands there to type one."""
    if not request.user.is_authenticated:
        answer = render(request, "console/sla/wall_shut.html", status=401)
        answer["Cache-Control"] = "private, no-store"
        answer["Refresh"] = "60"
        return answer
    return _wall(request)


@room(SEE_FIGURES, methods=READ)
def _wall(request: StaffRequest) -> HttpResponse:
    asked = ask(request)
    context: dict[str, Any] = {"asked": asked, "now": asked.now}
    if not asked.errors:
        found = board(asked.filters, now=asked.now)
        context |= {
            "board": found,
            "cards": cards(asked, found, SHOWN),
            "risk": risk.at_risk_of(request.user, asked),
            "chart": panels.course(asked, panels.promise(asked), target=TARGET),
        }
    status = 400 if asked.errors else 200
    return page(request, "console/sla/wall.html", context, fragments={"wall": "console/sla/_wall.html"}, status=status)
