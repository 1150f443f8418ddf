"""Named filters of a room: the incident list, the SLA room."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q, QuerySet

from directory.models import Person
from incidents.models import SavedView

LIST = "incidents"


def views_for(person: Person, *, room: str = LIST) -> QuerySet[SavedView]:
    """A person's own views of a room and those that others share."""
    return SavedView.objects.filter(Q(owner=person) | Q(is_shared=True), room=room).select_related("owner")


def save_view(*, owner: Person, name: str, query: str, is_shared: bool = False, room: str = LIST) -> SavedView:
    """Keeps a filter under a name; the same name of the same person and room is replaced."""
    view, _created = SavedView.objects.update_or_create(
        owner=owner, room=room, name=name, defaults={"query": query, "is_shared": is_shared}
    )
    return view


def remove_view(*, owner: Person, view_id: int) -> None:
    """Forgets one of the person's own filters."""
    SavedView.objects.filter(owner=owner, pk=view_id).delete()


def begin_with(*, owner: Person, room: str, view_id: int) -> None:
    """Makes one of the person's own views the one the room opens with; with the one that is, none is any more."""
    own = SavedView.objects.filter(owner=owner, room=room)
    with transaction.atomic():
        own.exclude(pk=view_id).filter(is_default=True).update(is_default=False)
        own.filter(pk=view_id).update(is_default=~F("is_default"))
