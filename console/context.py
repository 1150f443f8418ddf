"""What the shell shows on every page. Nothing is read before a template asks for it, and each fact once a request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from console.alarms import alarms_of
from console.words import words
from core.clock import now
from directory.selectors import roles_of
from incidents.models import Contact
from incidents.selectors import contacts_visible_to
from lifecycle.access import SEE_FIGURES, actions_of
from notifications.models import Message
from privacy.models import OVER
from privacy.selectors import cases_visible_to, is_officer
from process.schema import Document
from process.selectors import current_document

CAP = 100
ON_A_PHONE = 5
"""Entries that fit into the bar of a phone; with more rooms than that the last of them opens the others."""


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the side navigation."""

    url: str
    word: Any
    icon: str
    keys: str
    is_here: bool
    count: int = 0


_PLACES = (
    ("console:start", _("Start"), "house", "g s"),
    ("console:inbox", _("Eingang"), "inbox", "g e"),
    ("console:incidents", _("Incidents"), "siren", "g i"),
    ("console:on_call", _("Pikett"), "calendar-clock", "g p"),
    ("console:sla", _("SLA"), "chart-line", "g l"),
    ("console:privacy", _("Datenschutz"), "shield", "g d"),
    ("console:health", _("Zustand"), "heart-pulse", "g z"),
    ("console:settings", _("Einstellungen"), "settings", "g k"),
)


class House:
    """Lazy facts about the person, the navigation and the process for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.debug = settings.DEBUG
        self.languages = (("de-ch", "Deutsch"), ("en", "English"))  # each in its own words

    @cached_property
    def places(self) -> list[Place]:
        """The rooms, with the one the person stands in."""
        path = self.request.path
        counts = {"console:inbox": lambda: self.inbox_count, "console:privacy": lambda: self._counts[2]}
        result = []
        for name, word, icon, keys in _PLACES:
            if not self._enters(name):
                continue
            url = reverse(name)
            here = path == url if name == "console:start" else path.startswith(url)
            result.append(Place(url, word, icon, keys, here, counts.get(name, int)()))
        return result

    def _enters(self, room: str) -> bool:
        if room == "console:sla":
            return SEE_FIGURES in self.may
        return room != "console:privacy" or self.enters_privacy

    @cached_property
    def spare_places(self) -> list[Place]:
        """The rooms that a phone shows behind «Mehr»."""
        return self.places[ON_A_PHONE - 1 :] if len(self.places) > ON_A_PHONE else []

    @property
    def is_in_spare(self) -> bool:
        """Whether the person stands in one of them."""
        return any(place.is_here for place in self.spare_places)

    @property
    def spare_count(self) -> int:
        """What waits in them."""
        return sum(place.count for place in self.spare_places)

    @cached_property
    def enters_privacy(self) -> bool:
        """Whether there is a room of data-protection cases for this person; for others not even its name (P-7.5)."""
        return is_officer(self._person) or self._counts[2] > 0

    @cached_property
    def _counts(self) -> tuple[int, int, int]:
        """Unclassified contacts, unread notices and open cases, each counted up to 100, in one query."""
        waiting = contacts_visible_to(self._person).filter(state=Contact.State.NEW)
        notices = Message.objects.filter(person=self._person, channel="in_app", read_at__isnull=True)
        cases = cases_visible_to(self._person)
        counted = (waiting, notices, cases.exclude(state__in=OVER))
        marks = [rows.order_by().values(mark=Value(mark))[:CAP] for mark, rows in enumerate(counted)]
        found = [row["mark"] for row in marks[0].union(*marks[1:], all=True)]
        return found.count(0), found.count(1), found.count(2)

    @property
    def inbox_count(self) -> int:
        """Contacts nobody has classified."""
        return self._counts[0]

    @property
    def unread(self) -> int:
        """Notices in the bell not yet read."""
        return self._counts[1]

    @cached_property
    def alarms(self) -> list[str]:
        """What everybody must know at once: a deaf ear, a lost voice."""
        return alarms_of(now())

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles this person holds."""
        return roles_of(self._person)

    @cached_property
    def may(self) -> frozenset[str]:
        """The actions this person may take."""
        return actions_of(self._person)

    @cached_property
    def document(self) -> Document:
        """The process as it is now."""
        return current_document()[1]

    def label(self, room: str, key: str | None) -> str:
        """The name of a key of the process in the page's language."""
        return self.document.label(room, key, get_language() or "de")

    @property
    def words(self) -> dict[str, str]:
        """Sentences for the scripts."""
        return words()

    @property
    def search_url(self) -> str:
        """Where the search field leads."""
        return reverse("console:search")

    @property
    def suggest_url(self) -> str:
        """Where the palette asks for incidents while somebody types."""
        return reverse("console:suggest")

    @property
    def _person(self) -> Any:
        return self.request.user


def house_of(request: HttpRequest) -> House:
    """The one house of this request, for views that need a fact the shell reads as well."""
    found: House | None = getattr(request, "house", None)
    if found is None:
        found = request.house = House(request)  # type: ignore[attr-defined]
    return found


def house(request: HttpRequest) -> dict[str, House]:
    """Context processor."""
    return {"house": house_of(request)}
