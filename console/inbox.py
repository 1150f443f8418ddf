"""Inbox: what came in that nobody has classified?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from console import marks, ranking, similar
from console.context import house_of
from console.door import READ, WRITE, StaffRequest, by, number_in, posted, room
from console.intake_forms import ContactForm, FactsForm
from console.page import page
from console.reach import Reach
from console.shell import next_or
from core.clock import now
from directory.selectors import schools
from incidents.models import Contact
from incidents.selectors import contacts_visible_to
from lifecycle import intake
from lifecycle.access import CLASSIFY, TAKE_CONTACT
from lifecycle.errors import Conflict, Invalid, NotFound
from process.schema import ContactKind, Document
from process.selectors import current_document

SIZE = 50
SHELVES: dict[str, tuple[Any, str]] = {
    "new": (gettext_lazy("Neu"), Contact.State.NEW),
    "handed_on": (gettext_lazy("Weitergegeben"), Contact.State.HANDED_ON),
    "answered": (gettext_lazy("Beantwortet"), Contact.State.ANSWERED),
    "incident": (gettext_lazy("Incident geworden"), Contact.State.INCIDENT),
}
KINDS = (
    (ContactKind.SUPPORT.value, "s", "life-buoy"),
    (ContactKind.FEATURE_REQUEST.value, "f", "lightbulb"),
    (ContactKind.MANAGEMENT_REQUEST.value, "m", "briefcase"),
    (ContactKind.INCIDENT.value, "i", "siren"),
)


@room(methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """One queue for all channels, oldest first, because people wait; the other shelves newest first."""
    shelf = request.GET.get("shelf", "new")
    shelf = shelf if shelf in SHELVES else "new"
    rows = _shelf(contacts_visible_to(request.user), shelf, request.GET.get("after", ""))
    found = list(rows.select_related("school", "incident", "taken_by")[: SIZE + 1])
    context = {
        "contacts": found[:SIZE],
        "after": found[SIZE - 1].pk if len(found) > SIZE else None,
        "shelf": shelf,
        "shelves": [(key, words) for key, (words, _state) in SHELVES.items()],
        "kinds": _kinds(house_of(request).document),
    }
    return page(request, "console/inbox/list.html", context, fragments={"queue": "console/inbox/_queue.html"})


def _kinds(document: Document) -> list[tuple[str, str, SafeString, str]]:
    """The four kinds with icon and word, drawn once for all rows."""
    language = get_language() or "de"
    return [
        (kind, key, marks.icon(name, 14), document.label("contact_kinds", kind, language)) for kind, key, name in KINDS
    ]


def _shelf(contacts: QuerySet[Contact], shelf: str, after: str) -> QuerySet[Contact]:
    rows = contacts.filter(state=SHELVES[shelf][1])
    number = number_in(after)
    if shelf == "new":
        return (rows.filter(pk__gt=number) if number else rows).order_by("pk")
    return (rows.filter(pk__lt=number) if number else rows).order_by("-pk")


@room(TAKE_CONTACT)
def new(request: StaffRequest) -> HttpResponse:
    """The phone form: a contact in half a minute, classified at once or left for later."""
    document = current_document()[1]
    contact = ContactForm(posted(request), document=document)
    facts = FactsForm(posted(request), document=document)
    kind = request.POST.get("kind", "")
    if request.method == "POST":
        to = _take(request, contact, facts, kind)
        if to:
            return redirect(to)
    ranked = ranking.from_query(request.POST, document)
    context = {
        "form": contact,
        "facts": facts if kind == "incident" else FactsForm(document=document, initial=request.POST.dict()),
        "kind": kind,
        "kinds": KINDS,
        "ranking": ranked,
        "schools": schools(),
        **similar.to_text(request.user, request.POST.get("subject", "")),
    }
    return page(request, "console/inbox/new.html", context, status=422 if request.method == "POST" else 200)


def _take(request: StaffRequest, contact: ContactForm, facts: FactsForm, kind: str) -> str:
    """Carries the form out; returns where to go, or nothing when a field needs attention."""
    is_incident = kind == ContactKind.INCIDENT
    complete = contact.is_valid() and (facts.is_valid() if is_incident else True)
    if not complete:
        return ""
    try:
        if is_incident:
            incident = intake.open_incident(facts.for_new(contact), by=by(request), now=now())
            number, to = incident.number, reverse("console:incident", args=[incident.number])
        else:
            with transaction.atomic():
                taken = intake.take_contact(contact.draft(), by=by(request), now=now())
                if kind:
                    intake.classify(taken.number, kind=kind, by=by(request), now=now())
            number, to = taken.number, reverse("console:inbox")
    except Invalid as problem:
        contact.take(problem)
        return ""
    messages.success(request, _("%(number)s aufgenommen.") % {"number": number}, extra_tags="contact/new")
    return to


@room()
def contact(request: StaffRequest, number: str) -> HttpResponse:
    """One contact: what was said, what it could belong to, what it is."""
    row = _contact(request, number)
    document = current_document()[1]
    form = FactsForm(posted(request), document=document)
    problem = ""
    if request.method == "POST":
        try:
            if _classify(request, row, form):
                return redirect(next_or(request, reverse("console:inbox")))
        except Invalid as found:
            form.take(found)
        except Conflict:
            problem = _("Jemand hat diesen Kontakt inzwischen eingestuft. Bitte prüfen Sie, was jetzt gilt.")
    wants_incident = "incident" in (request.GET.get("kind"), request.POST.get("kind"))
    if wants_incident and request.method != "POST":
        form.fields["category"].widget.attrs["autofocus"] = True  # the first thing to decide
    context = {
        "contact": row,
        "facts": form,
        "kinds": KINDS,
        "problem": problem,
        "wants_incident": wants_incident,
        "reach": Reach.of(row, document, get_language() or "de"),
        "ranking": ranking.from_query(request.POST, document),
        **similar.to_contact(request.user, row),
    }
    return page(request, "console/inbox/contact.html", context, status=409 if problem else 422 if form.errors else 200)


def _contact(request: StaffRequest, number: str) -> Contact:
    rows = contacts_visible_to(request.user).select_related("school", "incident", "taken_by")
    row = rows.filter(number=number.upper()).first()
    if row is None:
        raise NotFound(number)
    return row


def _classify(request: StaffRequest, row: Contact, form: FactsForm) -> bool:
    kind = request.POST.get("kind", "")
    join = request.POST.get("join", "").strip() or None
    draft = None
    if kind == ContactKind.INCIDENT and join is None and row.incident_id is None:
        if not form.is_valid():
            return False
        draft = form.for_contact(row)
    done = intake.classify(
        row.number,
        kind=kind,
        by=by(request),
        now=now(),
        incident=draft,
        join=join,
        version=number_in(request.POST.get("version", "")),
    )
    what = done.incident.number if done.incident else current_document()[1].label("contact_kinds", kind)
    messages.success(request, f"{done.number} → {what}", extra_tags=f"{done.number}/facts")
    return True


@room(CLASSIFY, methods=WRITE)
def answer(request: StaffRequest, number: str) -> HttpResponse:
    """Answers a contact that is no incident; says so when somebody still has to tell the person."""
    try:
        answered = intake.answer(number, text=request.POST.get("text", ""), by=by(request), now=now())
    except Invalid as problem:
        messages.error(request, str(problem).partition(": ")[2])
        return redirect(reverse("console:contact", args=[number]))
    reach = Reach.of(answered, current_document()[1], get_language() or "de")
    done = _("Antwort gesendet.") if reach.by_itself else f"{_('Antwort festgehalten.')} {reach.sentence}"
    messages.success(request, done, extra_tags=f"{number}/answer")
    return redirect(reverse("console:inbox"))
