"""The officer's room: data-protection cases, for who may know of them. For everybody else these pages do not exist."""

from __future__ import annotations

from collections import defaultdict

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from console import privacy_forms
from console.door import READ, StaffRequest, by, posted, room
from console.page import as_download, page, redirect
from console.privacy_verbs import VERBS
from console.settings.forms import draft_of
from core.audit import kind_of
from core.clock import now
from core.models import Event
from lifecycle import case_end, data_protection
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
    law_number,
    notes_of,
    owed_in,
    readers_of,
    readings_of,
    run_out_first,
    withheld_files,
    withheld_texts,
)

MOST = 200
SOONEST = 5


@room(methods=READ)
def board(request: StaffRequest) -> HttpResponse:
    """Which case needs somebody first."""
    if not enters(request.user):
        raise NotFound(request.path)
    visible = cases_visible_to(request.user)
    context = {
        "cases": in_order(visible)[:MOST],
        "first": run_out_first(visible, limit=SOONEST),
        "is_officer": is_officer(request.user),
        "now": now(),
    }
    return page(request, "console/privacy/board.html", context)


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
    back = reverse(verb.back, args=[found.number])
    form = verb.form(posted(request), request.FILES or None, case=found, initial=_from_address(request, verb.form))
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
    return as_download(read(), name)


def _from_address(request: StaffRequest, form: type[privacy_forms.CaseForm]) -> dict[str, object]:
    """What a link to a form may fill in."""
    given = request.GET
    named = {
        name: given.getlist(name) if name == "keys" else given[name] for name in form.from_address if name in given
    }
    return {name: value for name, value in named.items() if value}


def _show(request: StaffRequest, found: Case) -> HttpResponse:
    number, is_current = law_number(found)
    is_breach = found.confirmed_at is not None and found.is_open
    running = [owed for owed in owed_in(found) if owed.is_asked and owed.row.deadline is not None]
    context = {
        "case": found,
        "now": now(),
        "next_duties": sorted(running, key=lambda owed: owed.row.deadline or now())[:SOONEST] if found.is_open else [],
        "shut": [case_end.sentence_of(gate) for gate in case_end.shut_gates(found)] if is_breach else [],
        "notes": notes_of(found),
        "withheld": withheld_texts(found),
        "files": [(file.pk, file_in(file)[0]) for file in withheld_files(found)],
        "happened": [(event, _sentence(event)) for event in events_of(found)],
        "readers": readers_of(found),
        "readings": readings_of(found),
        "receipts": receipts_of(SUBJECT, found.pk).order_by("-id")[:MOST],
        "is_officer": is_officer(request.user),
        "law_number": number,
        "is_law_current": is_current,
        "note_form": privacy_forms.NoteForm(case=found),
    }
    return page(request, "console/privacy/case.html", context)


def _sentence(event: Event) -> str:
    return str(kind_of(event.kind).text) % defaultdict(lambda: "–", event.data)
