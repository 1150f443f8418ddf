"""Pikett: who is on call now and in the coming weeks, and the forms by which that changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from console.door import READ, WRITE, StaffRequest, by, posted, room
from console.on_call_forms import CalendarForm, LayerForm, OverrideForm, RotaForm, SwapForm
from console.page import page
from console.settings.forms import Entry, draft_of
from core.clock import now
from directory.models import Person
from directory.selectors import people_with_any_role
from escalation.feed_links import path_of
from escalation.models import Rota, RotaLayer, RotaOverride
from escalation.on_call import Plan, Watch, layers_of, overrides_of, plan_of, rotas, watches
from escalation.rules.coverage import AHEAD, coverage
from escalation.rules.oncall import Turn, turns
from lifecycle import on_call
from lifecycle.access import EDIT_ROTAS, SEE_ON_CALL, By, may
from lifecycle.errors import Invalid
from process.selectors import current_document

HOUR = timedelta(hours=1)
SHOWN = timedelta(weeks=4)
INSIDE = timedelta(microseconds=1)
"""So long before its end a turn still runs."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the calendar: a turn, or a gap in which nobody is on call."""

    start: datetime
    end: datetime
    turn: Turn | None = None
    person: Person | None = None
    instead_of: Person | None = None
    is_mine: bool = False


@dataclass(slots=True)
class Week:
    """The lines of the calendar that begin in a week."""

    monday: date
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Board:
    """One rota as the page shows it."""

    rota: Rota
    watch: Watch | None
    weeks: list[Week]
    overrides: list[tuple[RotaOverride, bool]]
    has_mine: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the next 52 weeks somebody is on call: whole hours, and percent of the time."""

    person: Person
    hours: int
    percent: int


@room(SEE_ON_CALL, methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """Who is called first now and next, per role, and four weeks of every rota."""
    instant = now()
    found = {watch.role: watch for watch in watches(current_document()[1], at=instant)}
    boards = [_board(rota, found.get(rota.role), request.user, instant) for rota in rotas()]
    others = [watch for watch in found.values() if not watch.has_rota]
    address = request.build_absolute_uri(path_of(request.user))
    return page(request, "console/on_call/overview.html", {"boards": boards, "others": others, "address": address})


def _board(rota: Rota, watch: Watch | None, person: Person, instant: datetime) -> Board:
    plan = plan_of(rota, since=instant)
    rows = list(_rows(plan, person, instant)) if plan.people else []
    weeks: list[Week] = []
    for row in rows:
        day = timezone.localdate(row.start)
        monday = day - timedelta(days=day.weekday())
        if not weeks or weeks[-1].monday != monday:
            weeks.append(Week(monday))
        weeks[-1].rows.append(row)
    acting = By.of(person, via="console")
    overrides = [(row, on_call.may_take_back(acting, row)) for row in overrides_of(rota, since=instant)]
    return Board(rota, watch, weeks, overrides, any(row.is_mine for row in rows))


def _rows(plan: Plan, person: Person, instant: datetime) -> Iterator[Row]:
    end = instant + SHOWN
    before = instant
    for turn in _joined(turns(plan.rota, instant, end)):
        if before < turn.start:
            yield Row(before, turn.start)
        whose = plan.people.get(turn.duty.instead_of or 0)
        yield Row(turn.start, turn.end, turn, plan.people[turn.person], whose, turn.person == person.pk)
        before = turn.end
    if before < end:
        yield Row(before, end)


def _joined(found: Iterable[Turn]) -> list[Turn]:
    """Turns of one person in two layers, one after the other, are one line."""
    joined: list[Turn] = []
    for turn in found:
        last = joined[-1] if joined else None
        if last and last.end == turn.start and replace(last.duty, layer=None) == replace(turn.duty, layer=None):
            joined[-1] = replace(last, end=turn.end)
        else:
            joined.append(turn)
    return joined


@room(EDIT_ROTAS)
def new(request: StaffRequest) -> HttpResponse:
    """A rota for a role that has none."""
    taken = set(rotas().values_list("role", flat=True))
    free = [role for role in current_document()[1].roles if role.key not in taken]
    form = RotaForm(posted(request), roles=free)
    with _refusals_in(form):
        if form.is_valid():
            rota = on_call.save_rota(**form.cleaned_data, by=by(request), now=now())
            return _saved(request, reverse("console:on_call_rota", args=[rota.pk]))
    return _form(request, form, _("Neues Pikett"))


@room(EDIT_ROTAS)
def rota(request: StaffRequest, pk: int) -> HttpResponse:
    """The layers of a rota, and its time zone."""
    found = get_object_or_404(Rota, pk=pk)
    form = RotaForm(posted(request), initial={"time_zone": found.time_zone}, roles=None)
    with _refusals_in(form):
        if form.is_valid():
            on_call.save_rota(pk, **form.cleaned_data, by=by(request), now=now())
            return _saved(request, reverse("console:on_call_rota", args=[pk]))
    context = {"form": form, "rota": found, "layers": layers_of(found), "load": _load(found, now())}
    return page(request, "console/on_call/rota.html", context, status=422 if form.errors else 200)


def _load(rota: Rota, instant: datetime) -> list[Share]:
    plan = plan_of(rota, since=instant)
    return [
        Share(plan.people[person], carried // HOUR, round(100 * carried / AHEAD))
        for person, carried in coverage(plan.rota, instant, instant + AHEAD).load.items()
    ]


@room(EDIT_ROTAS, methods=WRITE)
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Takes a rota away."""
    on_call.remove_rota(pk, by=by(request), now=now())
    return _saved(request, reverse("console:on_call"))


@room(EDIT_ROTAS)
def layer(request: StaffRequest, pk: int, layer_pk: int | None = None) -> HttpResponse:
    """A new layer on top, or one that is there."""
    found = get_object_or_404(Rota, pk=pk)
    row = (
        get_object_or_404(RotaLayer.objects.prefetch_related("members__person"), pk=layer_pk, rota=pk)
        if layer_pk
        else None
    )
    form = LayerForm(posted(request), initial=LayerForm.as_is(row), people=_people(found), layer=row)
    back = reverse("console:on_call_rota", args=[pk])
    with _refusals_in(form):
        if form.is_valid():
            on_call.save_layer(pk, layer_pk, **form.facts(), by=by(request), now=now())
            return _saved(request, back)
    title = _("Ebene %(number)s") % {"number": row.position} if row else _("Neue Ebene")
    return _form(request, form, title, back=back)


@room(EDIT_ROTAS, methods=WRITE)
def remove_layer(request: StaffRequest, pk: int, layer_pk: int) -> HttpResponse:
    """Takes a layer out of a rota."""
    on_call.remove_layer(pk, layer_pk, by=by(request), now=now())
    return _saved(request, reverse("console:on_call_rota", args=[pk]))


@room(SEE_ON_CALL)
def override(request: StaffRequest, pk: int) -> HttpResponse:
    """Somebody takes over for a while; a link from the calendar fills in a turn of one's own."""
    found = get_object_or_404(Rota, pk=pk)
    initial = {name: parse_datetime(request.GET.get(name, "")) for name in ("start", "end")}
    form = OverrideForm(posted(request), initial=initial, people=_people(found))
    with _refusals_in(form):
        if form.is_valid():
            on_call.put_in(pk, **form.facts(), by=by(request), now=now())
            return _saved(request, reverse("console:on_call"))
    return _form(request, form, _("Vertretung eintragen"))


@room(SEE_ON_CALL)
def swap(request: StaffRequest, pk: int) -> HttpResponse:
    """Two people take each other's turn; who edits rotas may do it for others."""
    found = get_object_or_404(Rota, pk=pk)
    instant = now()
    plan = plan_of(found, since=instant)
    ahead = [turn for turn in turns(plan.rota, instant, instant + SHOWN) if turn.end < instant + SHOWN]
    every = may(request.user, EDIT_ROTAS)
    mine = [_choice(plan, turn) for turn in ahead if every or turn.person == request.user.pk]
    form = SwapForm(
        posted(request),
        mine=mine,
        all_turns=[_choice(plan, turn) for turn in ahead if every or turn.person != request.user.pk],
    )
    with _refusals_in(form):
        if form.is_valid():
            one, other = (datetime.fromisoformat(form.cleaned_data[name]) - INSIDE for name in ("one", "other"))
            reason = form.cleaned_data["reason"]
            on_call.swap_turns(pk, one=one, other=other, reason=reason, by=by(request), now=instant)
            return _saved(request, reverse("console:on_call"))
    return _form(request, form, _("Dienste tauschen"))


@room(EDIT_ROTAS)
def take_over_calendar(request: StaffRequest, pk: int) -> HttpResponse:
    """Shifts planned in another program become overrides."""
    get_object_or_404(Rota, pk=pk)
    form = CalendarForm(posted(request), request.FILES if request.method == "POST" else None)
    back = reverse("console:on_call_rota", args=[pk])
    with _refusals_in(form):
        if form.is_valid():
            made = on_call.take_over_calendar(pk, raw=form.cleaned_data["file"], by=by(request), now=now())
            messages.success(request, _("%(count)s Einsätze übernommen.") % {"count": len(made)})
            return redirect(reverse("console:on_call"))
    return _form(request, form, _("Kalender einlesen"), back=back)


@room(SEE_ON_CALL, methods=WRITE)
def take_back(request: StaffRequest, pk: int, override_pk: int) -> HttpResponse:
    """Takes an override back."""
    on_call.take_back(pk, override_pk, by=by(request), now=now())
    return _saved(request, reverse("console:on_call"))


@contextmanager
def _refusals_in(form: Entry) -> Iterator[None]:
    """What a verb refuses inside stands beside its field; the page then shows the form again."""
    try:
        yield
    except Invalid as problem:
        form.refuse(problem.errors)


def _people(found: Rota) -> list[Person]:
    return people_with_any_role([found.role])


def _choice(plan: Plan, turn: Turn) -> tuple[str, str]:
    """A turn by its end, which stays while a running turn's beginning moves on with the clock, and in words."""
    start, end = (date_format(timezone.localtime(moment), "D d.m., H:i") for moment in (turn.start, turn.end))
    return turn.end.isoformat(), f"{start} – {end}: {plan.people[turn.person].display_name}"


def _saved(request: StaffRequest, to: str) -> HttpResponse:
    messages.success(request, _("Gesichert."), extra_tags=draft_of(request))
    return redirect(to)


def _form(request: StaffRequest, form: Entry, title: str, *, back: str = "") -> HttpResponse:
    context = {"form": form, "title": title, "back": back or reverse("console:on_call")}
    return page(request, "console/on_call/form.html", context, status=422 if form.errors else 200)
