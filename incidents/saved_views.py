"""Named filters of the incident list."""

from __future__ import annotations

from directory.models import Person
from incidents.models import SavedView


def save_view(*, owner: Person, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keeps a filter under a name; the same name of the same person is replaced."""
    view, _created = SavedView.objects.update_or_create(
        owner=owner, name=name, defaults={"query": query, "is_shared": is_shared}
    )
    return view


def remove_view(*, owner: Person, view_id: int) -> None:
    """Forgets one of the person's own filters."""
    SavedView.objects.filter(owner=owner, pk=view_id).delete()
