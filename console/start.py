"""Start: what must I do now?"""

from __future__ import annotations

from django.http import HttpResponse

from console import desk
from console.door import READ, StaffRequest, room
from console.page import page
from core.clock import now


@room(methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """Calls waiting for an answer, my incidents by priority and time left, and what lies with my teams."""
    instant = now()
    context = {"day": desk.day_of(request.user, now=instant), "now": instant}
    return page(request, "console/start/overview.html", context, fragments={"day": "console/start/_day.html"})
