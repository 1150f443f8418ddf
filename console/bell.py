"""The bell: what the system told this person."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.door import READ, WRITE, StaffRequest, number_in, room
from console.page import page
from core.clock import now
from lifecycle import notices
from notifications.selectors import bell


@room(methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """The newest notices, unread ones marked."""
    return page(request, "console/bell.html", {"notices": bell(request.user, limit=50)})


@room(methods=WRITE)
def read(request: StaffRequest) -> HttpResponse:
    """Marks all as read, or the one that is followed."""
    chosen = number_in(request.POST.get("message", ""))
    notices.read(request.user, now=now(), message_ids=[chosen] if chosen is not None else None)
    return redirect(reverse("console:bell"))
