"""What a new contact may belong to: incidents that speak of the same thing, contacts of the same person."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse

from console.door import READ, StaffRequest, room
from console.page import page
from directory.models import Person
from incidents.models import Contact
from incidents.selectors import contacts_visible_to, similar_to, visible_to


def to_text(person: Person, text: str) -> dict[str, Any]:
    """Incidents like a text, open ones first."""
    return {"similar": similar_to(visible_to(person), text)}


def to_contact(person: Person, contact: Contact) -> dict[str, Any]:
    """Incidents like a contact, and other contacts of whoever reported it."""
    same = Q(pk__in=[])
    if contact.reporter_email:
        same |= Q(reporter_email=contact.reporter_email)
    if contact.reporter_phone:
        same |= Q(reporter_phone=contact.reporter_phone)
    others = contacts_visible_to(person).filter(same).exclude(pk=contact.pk).order_by("-pk")[:5]
    return to_text(person, f"{contact.subject} {contact.body[:500]}") | {"others": list(others)}


@room(methods=READ)
def suggest(request: StaffRequest) -> HttpResponse:
    """The list beside the phone form, while somebody types."""
    text = f"{request.GET.get('subject', '')} {request.GET.get('body', '')}"[:1000]
    return page(request, "console/inbox/_similar.html", to_text(request.user, text))
