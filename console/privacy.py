"""The officer's room: data-protection cases, for who may know of them. For everybody else these pages do not exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console import privacy_forms
from console.door import READ, StaffRequest, by, posted, room
from console.page import page, redirect
from console.settings.forms import draft_of
from core.audit import kind_of
from core.clock import now
from core.models import Event
from lifecycle import data_protection
from lifecycle.errors import Conflict, Invalid, NotFound
from lifecycle.withholding import file_in
from notifications.selectors import receipts_of
from privacy.models import SUBJECT, Case
from privacy.selectors import (
    cases_visible_to,
    enters,
    events_of,
    in_order,
    is_officer,
    notes_of,
    readers_of,
    readings_of,
    withheld_files,
    withheld_texts,
)

MOST = 200


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that can be done to a case, by whom, and the form it needs."""

    slug: str
    call: Callable[..., Case]
    label: Any
    done: Any
    form: type[privacy_forms.CaseForm] = privacy_forms.CaseForm
    is_officers: bool = False


VERBS = {
    verb.slug: verb
    for verb in (
        Verb("acknowledge", data_protection.acknowledge, gettext_lazy("Übernehmen"), gettext_lazy("übernommen")),
        Verb(
            "note",
            data_protection.note,
            gettext_lazy("Notiz schreiben"),
            gettext_lazy("Notiz gespeichert"),
            privacy_forms.NoteForm,
        ),
        Verb(
            "dismiss",
            data_protection.dismiss,
            gettext_lazy("Kein Datenschutzvorfall"),
            gettext_lazy("kein Datenschutzvorfall"),
            privacy_forms.DismissForm,
            is_officers=True,
        ),
        Verb(
            "let-read",
            data_protection.let_read,
            gettext_lazy("Mitlesen lassen"),
            gettext_lazy("liest mit"),
            privacy_forms.LetReadForm,
            is_officers=True,
        ),
        Verb(
            "stop-reading",
            data_protection.stop_reading,
            gettext_lazy("Nicht mehr mitlesen lassen"),
            gettext_lazy("liest nicht mehr mit"),
            privacy_forms.StopReadingForm,
            is_officers=True,
        ),
    )
}


@room(methods=READ)
def board(request: StaffRequest) -> HttpResponse:
    """Which case needs somebody first."""
    if not enters(request.user):
        raise NotFound(request.path)
    cases = in_order(cases_visible_to(request.user))[:MOST]
    return page(request, "console/privacy/board.html", {"cases": cases, "now": now()})


@room(methods=READ)
def case(request: StaffRequest, number: str) -> HttpResponse:
    """Everything of a case. That it was opened is kept."""
    return _show(request, data_protection.look_into(number.upper(), what="page", by=by(request), now=now()))


@room()
def act(request: StaffRequest, number: str, slug: str) -> HttpResponse:
    """Shows the form of a verb, or carries it out and goes back to the case."""
    found = cases_visible_to(request.user).select_related("incident").filter(number=number.upper()).first()
    verb = VERBS.get(slug)
    if found is None or verb is None or (verb.is_officers and not is_officer(request.user)):
        raise NotFound(number)
    back = reverse("console:privacy_case", args=[found.number])
    form = verb.form(posted(request), case=found)
    if request.method == "POST" and form.is_valid():
        try:
            verb.call(found.number, by=by(request), now=now(), **form.facts())
            messages.success(request, f"{found.number}: {verb.done}", extra_tags=draft_of(request))
            return redirect(request, back)
        except Invalid as problem:
            form.refuse(problem.errors)
        except Conflict:
            form.add_error(None, _("Der Fall wurde inzwischen geändert. Bitte sehen Sie ihn zuerst wieder an."))
    context = {"case": found, "form": form, "title": str(verb.label), "back": back}
    return page(request, "console/privacy/verb.html", context, status=422 if form.errors else 200)


@room(methods=READ)
def download(request: StaffRequest, number: str, row: int) -> FileResponse:
    """A withheld file, always as a download and never as a page of ours. That it was fetched is kept."""
    found = data_protection.look_into(number.upper(), what=f"file {row}", by=by(request), now=now())
    kept = next((file for file in withheld_files(found) if file.pk == row), None)
    if kept is None:
        raise Http404
    name, read = file_in(kept)
    response = FileResponse([read()], as_attachment=True, filename=name, content_type="application/octet-stream")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _show(request: StaffRequest, found: Case) -> HttpResponse:
    context = {
        "case": found,
        "now": now(),
        "notes": notes_of(found),
        "withheld": withheld_texts(found),
        "files": [(file.pk, file_in(file)[0]) for file in withheld_files(found)],
        "happened": [(event, _sentence(event)) for event in events_of(found)],
        "readers": readers_of(found),
        "readings": readings_of(found),
        "receipts": receipts_of(SUBJECT, found.pk).order_by("-id")[:MOST],
        "is_officer": is_officer(request.user),
        "note_form": privacy_forms.NoteForm(case=found),
    }
    return page(request, "console/privacy/case.html", context)


def _sentence(event: Event) -> str:
    return str(kind_of(event.kind).text) % defaultdict(lambda: "–", event.data)
