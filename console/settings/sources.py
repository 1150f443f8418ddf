"""Sources: set up, renewed, switched. Secrets are written here and shown once, at the moment they are made."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from console.door import READ, WRITE, StaffRequest, by, posted, room
from console.page import page
from console.settings.forms import RhythmForm, RotateForm, SourceForm
from core.clock import now
from integrations import services
from integrations.models import Source
from integrations.selectors import deliveries, hook_path, kinds
from lifecycle.access import MANAGE_SOURCES, SEE_SETTINGS


@room(SEE_SETTINGS, methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """Every ear and the address it listens at."""
    rows = [(source, hook_path(source)) for source in Source.objects.all()]
    return page(request, "console/settings/sources.html", {"sources": rows})


@room(MANAGE_SOURCES)
def new(request: StaffRequest) -> HttpResponse:
    """Sets a source up."""
    form = SourceForm(posted(request), kinds=kinds())
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        made = facts["secret"] or services.new_secret(facts["kind"])
        try:
            source = services.create_source(**{**facts, "secret": made}, actor=by(request).actor, now=now())
            return _shown(request, source, "" if facts["secret"] else made)
        except services.BadSource as problem:
            form.add_error(None, str(problem))
    context = {"form": form, "title": _("Neue Quelle"), "tab": "sources", "back": reverse("console:settings_sources")}
    return page(request, "console/settings/edit.html", context, status=422 if form.errors else 200)


@room(MANAGE_SOURCES)
def detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One source: its address, its mode, its last deliveries, a new secret."""
    source = get_object_or_404(Source, pk=pk)
    form = RotateForm(posted(request))
    if request.method == "POST" and form.is_valid():
        made = form.cleaned_data["secret"] or services.new_secret(source.kind)
        grace = timedelta(hours=form.cleaned_data["grace_hours"])
        services.rotate_secret(source=source, secret=made, actor=by(request).actor, now=now(), grace=grace)
        return _shown(request, source, "" if form.cleaned_data["secret"] else made)
    context = {
        "source": source,
        "path": request.build_absolute_uri(hook_path(source)),
        "form": form,
        "modes": Source.Mode.choices,
        "rhythm": RhythmForm(initial=_rhythm_of(source)),
        "deliveries": deliveries(source=source)[:20],
    }
    return page(request, "console/settings/source.html", context, status=422 if form.errors else 200)


@room(MANAGE_SOURCES, methods=WRITE)
def mode(request: StaffRequest, pk: int) -> HttpResponse:
    """Switches between live, record only and paused."""
    source = get_object_or_404(Source, pk=pk)
    try:
        services.set_mode(source=source, mode=request.POST.get("mode", ""), actor=by(request).actor, now=now())
        messages.success(request, _("Gesichert."))
    except services.BadSource as problem:
        messages.error(request, str(problem))
    return redirect(reverse("console:settings_source", args=[pk]))


@room(MANAGE_SOURCES, methods=WRITE)
def rhythm(request: StaffRequest, pk: int) -> HttpResponse:
    """After how much silence it counts as deaf."""
    source = get_object_or_404(Source, pk=pk)
    form = RhythmForm(request.POST)
    if form.is_valid():
        services.set_rhythm(source=source, actor=by(request).actor, now=now(), **form.cleaned_data)
        messages.success(request, _("Gesichert."))
    else:
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    return redirect(reverse("console:settings_source", args=[pk]))


def _rhythm_of(source: Source) -> dict[str, object]:
    return {"expected_every_min": source.expected_every_min, "is_watched": source.is_watched}


def _shown(request: StaffRequest, source: Source, secret: str) -> HttpResponse:
    """The one page on which a made secret can be read; nothing keeps it."""
    context = {
        "title": source.title,
        "secret": secret,
        "path": request.build_absolute_uri(hook_path(source)),
        "back": reverse("console:settings_source", args=[source.pk]),
        "tab": "sources",
    }
    response = page(request, "console/settings/once.html", context)
    response["Cache-Control"] = "no-store"
    return response
