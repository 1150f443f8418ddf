"""Incidents below an incident: what resolving or cancelling it would touch, and how all of it is locked at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.models import OPEN_VALUES, Incident
from lifecycle.errors import Invalid

TRIES = 5


class _Joined(Exception):
    """Somebody hung another incident below while this one waited for its locks."""


def open_below(incident: Incident) -> list[Incident]:
    """The open incidents below this one, whatever their depth, by number: shown before it is resolved or cancelled."""
    return sorted(_open(incident.pk), key=lambda child: child.pk)


def all_below(incident: Incident) -> list[Incident]:
    """Everything below this one, open or not, whatever its depth."""
    return list(_below([incident.pk]))


def from_the_bottom(incident: Incident) -> list[Incident]:
    """The same, each before the one it hangs on. One at a time may end, as none has an open one below it any more."""
    return _open(incident.pk)[::-1]


def refuse_open_children(incident: Incident) -> None:
    """An incident does not end before those below it; raises Invalid on "children", naming them."""
    children = open_below(incident)
    if children:
        names = ", ".join(child.number for child in children)
        raise Invalid.field(
            "children", _("Zuerst die untergeordneten Incidents abschliessen: %(names)s") % {"names": names}
        )


def lock(number: str, *others: str) -> None:
    """Locks incidents and everything below them, the oldest first as every verb that needs several does.

    Whoever hangs an incident below another holds the lock of both. One that joined while this waited may be older
    than what is locked already, so all locks are given back and taken again; raises Invalid when that never ends.
    """
    named = [name.strip().upper() for name in (number, *others)]
    for _turn in range(TRIES):
        with suppress(_Joined), transaction.atomic():
            roots = set(Incident.objects.filter(number__in=named).values_list("pk", flat=True))
            wanted = roots | _pks_below(roots)
            list(Incident.objects.select_for_update().filter(pk__in=wanted).order_by("pk").only("pk"))
            if not _pks_below(roots) <= wanted:
                raise _Joined
            return
    raise Invalid.field("children", _("Gerade kommen untergeordnete Incidents hinzu. Bitte versuchen Sie es erneut."))


def top_of(number: str) -> str:
    """The number of the incident that stands above all others this one hangs on; its own when it hangs on none."""
    incident = Incident.objects.filter(number=number.strip().upper()).first()
    above = list(_above(incident)) if incident is not None else []
    return above[-1].number if above else number


def major_above(incident: Incident) -> Incident | None:
    """The nearest open major this incident hangs on: there its cause is dealt with (P-6.1)."""
    return next((above for above in _above(incident) if above.is_major and above.status in OPEN_VALUES), None)


def _above(incident: Incident) -> Iterator[Incident]:
    seen, above = {incident.pk}, incident.parent
    while above is not None and above.pk not in seen:
        seen.add(above.pk)
        yield above
        above = above.parent


def _open(pk: int) -> list[Incident]:
    return [child for child in _below([pk]) if child.status in OPEN_VALUES]


def _pks_below(pks: Collection[int]) -> set[int]:
    return {child.pk for child in _below(pks)}


def _below(pks: Collection[int]) -> Iterator[Incident]:
    """Everything below, level by level; an ended incident may still have open ones below it."""
    seen, level = set(pks), list(pks)
    while level:
        children = Incident.objects.filter(parent_id__in=level).exclude(pk__in=seen).order_by("pk")
        level = []
        for child in children:
            seen.add(child.pk)
            level.append(child.pk)
            yield child
