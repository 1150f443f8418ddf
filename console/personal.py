"""What the officer does for people who ask: what we know of them, a copy, erasing. For everybody else: no such page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from console.door import READ, WRITE, StaffRequest, by, posted, room
from console.page import page, redirect
from console.settings.forms import Entry
from core.clock import now
from lifecycle import retention
from lifecycle.access import SEE_RETENTION, may
from lifecycle.errors import Invalid, NotFound
from lifecycle.personal import holds, requests
from lifecycle.personal.copy import as_archive
from lifecycle.personal.finding import Found
from lifecycle.personal.holds import WHY
from lifecycle.personal.subject import Subject
from privacy.selectors import is_officer
from process.selectors import current_document

KINDS: dict[str, Any] = {
    "contacts": gettext_lazy("Kontakte"),
    "incidents": gettext_lazy("Incidents"),
    "comments": gettext_lazy("Nachrichten"),
    "attachments": gettext_lazy("Dateien"),
    "messages": gettext_lazy("Mails an die Person"),
    "subscriptions": gettext_lazy("Abonnemente der Statusseite"),
    "mentions": gettext_lazy("Texte, in denen sie vorkommt"),
}
SHOWN = 50


class PersonSearch(Entry):
    """Whom a request is about; one of the three is enough."""

    email = forms.CharField(label=gettext_lazy("E-Mail"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Telefon"), max_length=40, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, required=False)

    def subject(self) -> Subject | None:
        """The person, or None with what is wrong beside its field."""
        if not self.is_valid():
            return None
        try:
            return Subject.of(**{name: self.cleaned_data[name] for name in ("email", "phone", "name")})
        except Invalid as problem:
            self.refuse(problem.errors)
            return None


class ErasureForm(Entry):
    """Why somebody is erased. The person themselves travel along, hidden."""

    reason = forms.CharField(
        label=gettext_lazy("Grund"),
        max_length=500,
        help_text=gettext_lazy("Ohne Angaben zur Person: dieser Text bleibt als Nachweis stehen."),
    )
    reference = forms.CharField(label=gettext_lazy("Aktenzeichen"), max_length=80, required=False)


class HoldForm(Entry):
    """An incident of which nothing may be deleted."""

    number = forms.CharField(label=gettext_lazy("Incident"), max_length=20)
    reason = forms.CharField(label=gettext_lazy("Warum darf nichts gelöscht werden?"), max_length=500)


@room()
def persons(request: StaffRequest) -> HttpResponse:
    """Searches, and shows what there is and what would stay. Sent as a form: an address would end up in logs."""
    _only_the_officer(request)
    form = PersonSearch(posted(request))
    subject = form.subject() if form.is_bound else None
    found = requests.look_up(subject, by=by(request), now=now()) if subject else None
    return _show(request, form, found, ErasureForm())


@room(methods=WRITE)
def copy(request: StaffRequest) -> HttpResponseBase:
    """What was ticked, with what hangs on it, as a ZIP with JSON and files."""
    _only_the_officer(request)
    form = PersonSearch(request.POST)
    subject = form.subject()
    if subject is None:
        return _show(request, form, None, ErasureForm())
    instant = now()
    found = requests.hand_out(subject, only=request.POST.getlist("record"), by=by(request), now=instant)
    name = f"auskunft-{instant:%Y-%m-%d}.zip"
    return FileResponse(as_archive(found, now=instant), as_attachment=True, filename=name)


@room(methods=WRITE)
def erase(request: StaffRequest) -> HttpResponse:
    """Erases the person, after the officer saw what there is."""
    _only_the_officer(request)
    form, why = PersonSearch(request.POST), ErasureForm(request.POST)
    subject = form.subject()
    if subject is None:
        return _show(request, form, None, why)
    if why.is_valid():
        try:
            only = request.POST.getlist("record")
            erased = requests.erase(subject, **why.cleaned_data, only=only, by=by(request), now=now())
        except Invalid as problem:
            why.refuse(problem.errors)
        else:
            _tell(request, erased)
            return redirect(request, reverse("console:privacy_persons"))
    return _show(request, form, requests.look_up(subject, by=by(request), now=now()), why)


@room(methods=WRITE)
def hold(request: StaffRequest) -> HttpResponse:
    """Sets a legal hold on an incident, or ends it."""
    _only_the_officer(request)
    if request.POST.get("release"):
        holds.release(request.POST["release"], by=by(request), now=now())
        messages.success(request, _("Die Löschsperre ist aufgehoben."))
        return redirect(request, reverse("console:privacy_persons"))
    form = HoldForm(request.POST)
    if form.is_valid():
        try:
            holds.hold(**form.cleaned_data, by=by(request), now=now())
        except Invalid as problem:
            form.refuse(problem.errors)
        else:
            messages.success(request, _("Die Löschsperre gilt."))
            return redirect(request, reverse("console:privacy_persons"))
    return _show(request, PersonSearch(), None, ErasureForm(), hold_form=form)


@room(methods=READ)
def retained(request: StaffRequest) -> HttpResponse:
    """How long what is kept, and what the last nights erased. Why something stayed is the officer's to know."""
    if not may(request.user, SEE_RETENTION):
        raise PermissionDenied
    newest = {report.type: report for report in reversed(retention.reports())}
    language, sees_why = get_language() or "de", is_officer(request.user)
    rules = []
    for rule in current_document()[1].retention:
        run = newest.get(rule.key)
        why = [(WHY.get(reason, reason), count) for reason, count in run.held.items()] if run and sees_why else []
        rules.append((rule, rule.label.in_(language), run, why, rule.key in retention.TYPES))
    return page(request, "console/personal/retention.html", {"rules": rules})


def _show(
    request: StaffRequest, form: PersonSearch, found: Found | None, why: ErasureForm, hold_form: HoldForm | None = None
) -> HttpResponse:
    held = hold_form or HoldForm()
    context: dict[str, Any] = {
        "form": form,
        "why": why,
        "found": found,
        "hold_form": held,
        "holds": holds.holds(),
        "deeds": [(deed, _in_words(deed.counts, KINDS), _in_words(deed.held, WHY)) for deed in requests.deeds()],
    }
    if found is not None:
        context |= {
            "is_anything": any(found.counts().values()) or any(found.stays().values()),
            "counts": [(KINDS[kind], count) for kind, count in found.counts().items()],
            "stays": [(WHY[reason], count) for reason, count in found.stays().items() if count],
            "records": _records(found),
            "also": _also(found),
            "mentions": found.mentions[:SHOWN],
        }
    status = 422 if form.errors or why.errors or held.errors else 200
    return page(request, "console/personal/persons.html", context, status=status)


def _records(found: Found) -> list[tuple[Any, str, Any]]:
    """Each record with the words of what it is about and why it would stay."""
    rows = [(row, row.title, WHY.get(found.held.get(row.pk, ""))) for row in found.incidents]
    return [*rows, *((row, row.subject, WHY.get(found.held_contacts.get(row.pk, ""))) for row in found.contacts)]


def _also(found: Found) -> list[str]:
    """What else stands in their records that may be theirs; the officer decides whether to search for it too."""
    known = {found.subject.email, found.subject.phone, found.subject.name, ""}
    seen = {text for alias in found.aliases for text in (alias.email, alias.phone, alias.name)}
    return sorted(seen - known)


def _in_words(counts: dict[str, int], words: dict[str, Any]) -> str:
    return ", ".join(f"{words.get(key, key)} {count}" for key, count in counts.items() if count)


def _tell(request: StaffRequest, erased: requests.Erased) -> None:
    records = erased.counts["incidents"] + erased.counts["contacts"]
    done = ngettext("%(count)s Vorgang anonymisiert.", "%(count)s Vorgänge anonymisiert.", records)
    messages.success(request, done % {"count": records})
    if stays := _in_words(erased.held, WHY):
        messages.info(request, _("Geblieben ist: %(stays)s.") % {"stays": stays})


def _only_the_officer(request: StaffRequest) -> None:
    if not is_officer(request.user):
        raise NotFound(request.path)
