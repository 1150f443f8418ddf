"""The public status page: what is on it, what is said on it, how many follow it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from console.door import READ, StaffRequest, by, posted, room
from console.page import page
from console.settings.forms import Entry, draft_of
from console.settings.status_forms import ComponentForm, NoticeForm, PageForm, UpdateForm
from core.clock import now
from lifecycle import public_status
from lifecycle.access import EDIT_STATUS_PAGE, SEE_SETTINGS
from lifecycle.errors import Invalid
from statuspage.models import Page, Subscriber
from statuspage.selectors import active_components, notice_of, overview, page_of, pages, waiting_to_end

BACK = "console:settings_status"


@room(SEE_SETTINGS, methods=READ)
def start(request: StaffRequest) -> HttpResponse:
    """Each page with its services, what is open, and how many get mails."""
    instant = now()
    views = [
        (overview(found, now=instant), Subscriber.objects.filter(page=found, confirmed_at__isnull=False).count())
        for found in pages()
    ]
    waiting = {notice.pk for notice in waiting_to_end()}
    return page(request, "console/settings/status.html", {"views": views, "waiting": waiting})


@room(EDIT_STATUS_PAGE)
def new(request: StaffRequest) -> HttpResponse:
    """Opens a page."""
    form = PageForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        name = (data["name_de"], data["name_en"])
        public_status.save_page(data["slug"], name=name, by=by(request), now=now())
        return _saved(request)
    return _form(request, form, _("Neue Statusseite"))


@room(EDIT_STATUS_PAGE)
def component(request: StaffRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """A new service, or one that is there."""
    found = _known(slug)
    there = found.components.filter(pk=pk).first() if pk else None
    names = ("name_de", "name_en", "module", "position", "is_active")
    form = ComponentForm(posted(request), initial={name: getattr(there, name) for name in names} if there else {})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        facts = {name: data[name] for name in names[2:]}
        try:
            name = (data["name_de"], data["name_en"])
            public_status.save_component(slug, pk, name=name, **facts, by=by(request), now=now())
            return _saved(request)
        except Invalid as problem:
            form.refuse(problem.errors)
    return _form(request, form, str(there or _("Neuer Dienst")))


@room(SEE_SETTINGS)
def publish(request: StaffRequest, slug: str) -> HttpResponse:
    """Tells the public of a disturbance or a maintenance."""
    form = NoticeForm(posted(request), components=active_components(_known(slug)))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            public_status.publish_notice(
                page=slug,
                kind=data["kind"],
                title=(data["title_de"], data["title_en"]),
                text=form.text(),
                affected=form.affected(),
                started_at=data["started_at"],
                planned_until=data["planned_until"],
                by=by(request),
                now=now(),
            )
            return _saved(request)
        except Invalid as problem:
            form.refuse(problem.errors)
    return _form(request, form, _("Neue Meldung"), button=_("Veröffentlichen"))


@room(SEE_SETTINGS)
def carry_on(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """A further word on a notice, or the last one."""
    found = _known(slug)
    notice = notice_of(found, pk)
    if notice is None:
        raise Http404(slug)
    initial = {f"service_{entry.component_id}": entry.state for entry in notice.affected.all()}
    form = UpdateForm(
        posted(request),
        kind=notice.kind,
        components=active_components(found),
        initial=initial | {"state": notice.state},
    )
    if request.method == "POST" and form.is_valid():
        state, is_over = form.cleaned_data["state"], form.cleaned_data["state"] == "resolved"
        affected = None if is_over else form.affected()
        try:
            public_status.update_notice(pk, text=form.text(), state=state, affected=affected, by=by(request), now=now())
            return _saved(request)
        except Invalid as problem:
            form.refuse(problem.errors)
    return _form(request, form, str(notice), button=_("Veröffentlichen"))


def _known(slug: str) -> Page:
    found = page_of(slug)
    if found is None:
        raise Http404(slug)
    return found


def _saved(request: StaffRequest) -> HttpResponse:
    messages.success(request, _("Gesichert."), extra_tags=draft_of(request))
    return redirect(reverse(BACK))


def _form(request: StaffRequest, form: Entry, title: str, *, button: str = "") -> HttpResponse:
    context = {"form": form, "title": title, "tab": "status", "back": reverse(BACK), "button": button}
    return page(request, "console/settings/edit.html", context, status=422 if form.errors else 200)
