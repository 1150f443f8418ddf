"""Incidents: what is open, and in what order?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console import desk, keyset
from console.door import READ, WRITE, StaffRequest, number_in, room
from console.page import page
from core.clock import now
from core.text import first_line
from directory.selectors import pick_lists, roles_of
from incidents.filters import IncidentFilter
from incidents.models import Incident
from incidents.saved_views import remove_view, save_view, views_for
from incidents.selectors import visible_to, with_record

SIZE = 50
OURS = frozenset({"sort", "after", "view", "format"})
VIEWS = (
    (gettext_lazy("Offen"), "open=true"),
    (gettext_lazy("Bei mir"), "open=true&assignee=me"),
    (gettext_lazy("Bei niemandem"), "open=true&assignee=none"),
    (gettext_lazy("Wartend"), "status=on_hold"),
    (gettext_lazy("Major"), "is_major=true&open=true"),
    (gettext_lazy("Major vorgeschlagen"), "major_state=candidate&open=true"),
    (gettext_lazy("Gelöst"), "status=resolved&sort=newest"),
    (gettext_lazy("Alle"), "sort=newest"),
)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list. `after` marks where the next one begins, empty on the last."""

    rows: list[desk.Row]
    sort: str
    after: str
    text: str


@room(methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """The list by the filters in the address; without any, what is open in the order of work."""
    if not request.GET:
        return redirect(f"{request.path}?open=true")
    chosen = filter_of(request)
    unknown = unknown_in(request, chosen)
    context: dict[str, Any] = {"filter": chosen, "unknown": unknown, "now": now(), **_views(request)}
    context["listing"] = _listing(request, chosen) if chosen.is_valid() else Listing([], "queue", "", "")
    status = 200 if chosen.is_valid() and not unknown else 400
    fragments = {"queue": "console/incidents/_queue.html"}
    return page(request, "console/incidents/list.html", context, fragments=fragments, status=status)


def unknown_in(request: StaffRequest, chosen: IncidentFilter) -> list[str]:
    """The names in the address that mean nothing here."""
    return sorted(set(request.GET) - set(chosen.filters) - OURS)


def filter_of(request: StaffRequest) -> IncidentFilter:
    """The filter in the address over what the person may see; its form is shared with the API's names.

    Master data is offered to holders of a role only.
    """
    chosen = IncidentFilter(request.GET, with_record(visible_to(request.user)), request=request)
    knows_all = bool(roles_of(request.user))
    for name, offered in pick_lists().items():
        chosen.form.fields[name].widget.choices = [("", "–"), *(offered if knows_all else ())]
    return chosen


def _listing(request: StaffRequest, chosen: IncidentFilter) -> Listing:
    rows = chosen.qs
    text = request.GET.get("q", "").strip()
    if text:
        order = {pk: place for place, pk in enumerate(chosen.found)}
        found = sorted(rows[: len(order)], key=lambda incident: order[incident.pk])
        return Listing(desk.rows_of(found, now=now()), "relevance", "", text)
    sort = request.GET.get("sort", "queue")
    sort = sort if sort in keyset.SORTS else "queue"
    rows = keyset.begin_after(rows.order_by(*keyset.SORTS[sort]), sort, request.GET.get("after", ""))
    found = list(rows[: SIZE + 1])
    mark = keyset.after(sort, found[SIZE - 1]) if len(found) > SIZE else ""
    return Listing(desk.rows_of(found[:SIZE], now=now()), sort, mark, "")


def _views(request: StaffRequest) -> dict[str, Any]:
    here = _plain(request.GET)
    saved = views_for(request.user)
    known = {_plain(QueryDict(query)) for _words, query in VIEWS} | {view.query for view in saved}
    return {
        "views": [(words, query, _plain(QueryDict(query)) == here) for words, query in VIEWS],
        "saved": [(view, view.query == here, view.owner_id == request.user.pk) for view in saved],
        "narrowed": 0 if here in known else len(set(QueryDict(here)) - OURS - {"q"}),
        "query": here,
    }


def _plain(query: QueryDict) -> str:
    """The filter without its place in the pages: what a saved view keeps."""
    pairs = [(name, value) for name, values in sorted(query.lists()) for value in values if value and name != "after"]
    return urlencode(pairs)


@room(methods=WRITE)
def save(request: StaffRequest) -> HttpResponse:
    """Keeps the present filter under a name, or forgets one."""
    unwanted = number_in(request.POST.get("remove", ""))
    if unwanted is not None:
        remove_view(owner=request.user, view_id=unwanted)
        return redirect(reverse("console:incidents"))
    name = first_line(request.POST.get("name", ""), limit=80)
    query = _plain(QueryDict(request.POST.get("query", "")))[:1000]
    if name:
        save_view(owner=request.user, name=name, query=query, is_shared="shared" in request.POST)
        messages.success(request, _("Ansicht «%(name)s» gespeichert.") % {"name": name})
    else:
        messages.error(request, _("Die Ansicht braucht einen Namen."))
    return redirect(f"{reverse('console:incidents')}?{query}")


def picked(request: StaffRequest) -> list[Incident]:
    """The visible incidents ticked in a form, in the order of work, at most 200."""
    numbers = request.POST.getlist("number")[:200]
    return list(desk.in_order(with_record(visible_to(request.user)).filter(number__in=numbers)))
