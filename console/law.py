"""The law in the officer's room: to read for who enters it, to change for officers; each change is a version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from console import law_forms
from console.door import READ, StaffRequest, by, posted, room
from console.law_changes import told
from console.law_entry_form import LawForm
from console.law_words import ROOM_WORDS, Shown, say, shown
from console.page import as_download, page, redirect
from console.settings.forms import draft_of
from core.clock import now
from lifecycle.errors import Conflict, NotFound
from lifecycle.law_change import load_law
from privacy.law import as_text, default_text
from privacy.rules import edits
from privacy.rules.comparing import compare
from privacy.selectors import (
    current_law,
    current_text,
    current_version,
    enters,
    is_officer,
    knows_shipped_law,
    law_versions,
)
from process.loader import BadDocument

VERSIONS = 20
SHOWS: dict[str, Callable[[Shown], bool]] = {
    "": lambda row: row.standing != "past",
    "unconfirmed": lambda row: row.standing != "past" and not row.entry.confirmed_by_counsel,
    "question": lambda row: row.standing != "past" and row.entry.open_question is not None,
    "placeholder": lambda row: row.standing != "past" and getattr(row.entry, "is_placeholder", False),
    "past": lambda row: row.standing == "past",
}


@room(methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """Regimes, authorities, duties and contents, narrowed by words, kind and what is still open."""
    _enter(request)
    law = current_law()
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("find", "room", "show")}
    entries = shown(law, law.day_of(now()))
    counted = [row for row in entries if SHOWS[""](row)]
    kept = [row for row in entries if _fits(row, **asked)]
    context = {
        "law": law,
        "version": current_version(),
        "rooms": [(key, word, [row for row in kept if row.room == key]) for key, word in ROOM_WORDS.items()],
        "asked": asked,
        "found": len(kept),
        "total": len(counted),
        "unconfirmed": sum(SHOWS["unconfirmed"](row) for row in counted),
        "is_officer": is_officer(request.user),
        "is_shipped_new": not knows_shipped_law(),
    }
    return page(request, "console/privacy/law.html", context)


@room()
def edit(request: StaffRequest, kind: str, key: str, day: str, how: str = "change") -> HttpResponse:
    """Changes an entry, or writes the one that succeeds it."""
    _enter(request, to_change=True)
    law = current_law()
    entry = edits.entry_of(law, kind, key, _day(day)) if kind in law_forms.FORMS else None
    if entry is None:
        raise NotFound(request.path)
    is_successor = how == "succeed"
    form = law_forms.FORMS[kind](posted(request), law=law, entry=entry, is_successor=is_successor, initial=_seen())
    make = edits.succeed if is_successor else edits.change
    title = _("Neues Recht nach «%(label)s»") if is_successor else "%(label)s"
    lead = _("Der bisherige Eintrag endet am Tag davor und bleibt lesbar.") if is_successor else ""
    return _form(
        request,
        form,
        title % {"label": say(entry.label)},
        lambda: as_text(make(law, kind, entry, form.values())),
        lead=lead,
    )


@room()
def new_authority(request: StaffRequest) -> HttpResponse:
    """An authority nobody had written down."""
    _enter(request, to_change=True)
    law = current_law()
    form = law_forms.AuthorityForm(posted(request), law=law, initial={**_seen(), "valid_from": law.day_of(now())})
    return _form(request, form, _("Neue Stelle"), lambda: as_text(edits.add_authority(law, form.values())))


@room()
def new_source(request: StaffRequest) -> HttpResponse:
    """A source entries may then name."""
    _enter(request, to_change=True)
    law = current_law()
    form = law_forms.SourceForm(posted(request), initial=_seen())
    return _form(request, form, _("Neue Quelle"), lambda: as_text(edits.add_source(law, *form.source())))


@room()
def whole(request: StaffRequest) -> HttpResponse:
    """The whole text, typed or as a file; what is wrong with it is said line by line."""
    _enter(request, to_change=True)
    form = law_forms.WholeForm(posted(request), request.FILES or None, initial={**_seen(), "text": current_text()})
    return _form(request, form, _("Der ganze Text"), form.given)


@room(methods=READ)
def download(request: StaffRequest) -> FileResponse:
    """The text in force, or (`?of=shipped`) the one that came with the product."""
    _enter(request)
    version = current_version()
    if version is None or request.GET.get("of") == "shipped":
        return as_download(default_text().encode(), "law.yaml")
    return as_download(current_text().encode(), f"law-v{version.number}.yaml")


@room(methods=READ)
def history(request: StaffRequest) -> HttpResponse:
    """Every version: who, when, why, and what changed; the newest first."""
    _enter(request)
    before = request.GET.get("before", "")
    rows = law_versions()
    if before.isdecimal() and len(before) < 9:
        rows = rows.filter(number__lt=int(before))
    found = list(rows[: VERSIONS + 1])
    versions: list[tuple[Any, list[Any]]] = [
        (newer, [told(change) for change in compare(older.data, newer.data)]) for newer, older in pairwise(found)
    ]
    is_all = len(found) <= VERSIONS
    versions += [(version, []) for version in found[-1:] if is_all]
    context = {"versions": versions, "older": None if is_all else versions[-1][0].number}
    return page(request, "console/privacy/law_history.html", context)


def _enter(request: StaffRequest, *, to_change: bool = False) -> None:
    if not enters(request.user) or (to_change and not is_officer(request.user)):
        raise NotFound(request.path)


def _seen() -> dict[str, Any]:
    version = current_version()
    return {"version": version.number if version is not None else None}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(text) from None


def _fits(row: Shown, *, find: str, room: str, show: str) -> bool:
    if room not in ("", row.room) or not SHOWS.get(show, SHOWS[""])(row):
        return False
    return all(word in row.words for word in find.casefold().split())


def _form(request: StaffRequest, form: LawForm, title: str, text: Callable[[], str], *, lead: str = "") -> HttpResponse:
    """The form; sent and right, its `text` becomes the version in force."""
    if request.method == "POST" and form.is_valid():
        seen, note = form.cleaned_data["version"], form.cleaned_data["note"]
        try:
            version = load_law(text=text(), note=note, by=by(request), now=now(), version=seen)
        except BadDocument as problem:
            form.refuse_document(problem)
        except Conflict:
            form.add_error(None, _("Inzwischen gilt eine andere Fassung. Bitte sehen Sie den Eintrag zuerst neu an."))
        else:
            is_new = version.number != (seen or 1)  # the first change stores the shipped one as 1
            said = _("Fassung %(number)s ist in Kraft.") if is_new else _("Nichts geändert: Fassung %(number)s gilt.")
            messages.success(request, said % {"number": version.number}, extra_tags=draft_of(request))
            return redirect(request, reverse("console:law"))
    context = {"form": form, "title": title, "lead": lead, "back": reverse("console:law")}
    return page(request, "console/privacy/law_form.html", context, status=422 if form.errors else 200)
