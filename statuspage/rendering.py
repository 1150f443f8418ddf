"""The public pages as text, for the door and for the copy on disk alike: same templates, same addresses.

Nothing here knows a request: what the public reads depends on the page, the language and the instant alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from statuspage.models import Notice, Page
from statuspage.selectors import Overview

LANGUAGES = {"de": "de-ch", "en": "en"}
"""As they stand in an address, and as the house calls them."""


def path_of(page: Page, language: str = "", tail: str = "") -> str:
    """The public path of a page, or of what lies below it; without a language the reader's browser decides."""
    return f"/status/{page.slug}/{language + '/' if language else ''}{tail}"


def link_of(notice: Notice, language: str) -> str:
    """The public path of a notice."""
    return path_of(notice.page, language, f"notices/{notice.pk}/")


def home(view: Overview, language: str, **more: Any) -> str:
    """The page itself."""
    return _render("status/page.html", view.page, language, "", {"view": view} | more)


def history(view: Overview, language: str, **more: Any) -> str:
    """What is over, by month."""
    return _render("status/history.html", view.page, language, "history/", {"view": view} | more)


def notice(page: Page, found: Notice, language: str, **more: Any) -> str:
    """One notice with every word said on it."""
    return _render("status/notice.html", page, language, f"notices/{found.pk}/", {"notice": found} | more)


def listing(pages: Sequence[Page], language: str, **more: Any) -> str:
    """The pages there are, where there are several or none."""
    return _render("status/list.html", None, language, "", {"pages": pages} | more)


def mails(page: Page, template: str, language: str, **context: Any) -> str:
    """A page about the mails of a status page: to ask for them, to confirm, to leave."""
    return _render(f"status/{template}.html", page, language, "subscribe/", context)


def feed(view: Overview, language: str) -> str:
    """The newest words as Atom (RFC 4287)."""
    updates = [(notice, update) for notice in view.notices for update in notice.updates.all()]
    updates.sort(key=lambda entry: entry[1].at, reverse=True)
    context = {"updates": updates[:50], "changed_at": view.page.changed_at, "domain": settings.BASE_URL}
    return _render("status/feed.xml", view.page, language, "feed.atom", context)


def summary(view: Overview) -> dict[str, Any]:
    """The page for programs: names in both languages, open and planned notices with their last word."""
    return {
        "page": {
            "slug": view.page.slug,
            "name": _both(view.page, "name"),
            "url": settings.BASE_URL + path_of(view.page),
        },
        "state": view.state,
        "changed_at": view.page.changed_at.isoformat(),
        "components": [
            {
                "name": _both(entry.component, "name"),
                "state": entry.state,
                "availability_90d": round(entry.available, 3),
            }
            for entry in view.states
        ],
        "open": [_told(found) for found in view.open],
        "planned": [_told(found) for found in view.planned],
    }


def _told(found: Notice) -> dict[str, Any]:
    return {
        "id": found.pk,
        "kind": found.kind,
        "state": found.state,
        "title": _both(found, "title"),
        "started_at": found.started_at.isoformat(),
        "planned_until": _instant(found.planned_until),
        "components": [
            {"name": _both(entry.component, "name"), "state": entry.state} for entry in found.affected.all()
        ],
        "updates": [
            {"at": update.at.isoformat(), "state": update.state, "text": _both(update, "text")}
            for update in found.updates.all()
        ],
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _both(row: object, name: str) -> dict[str, str]:
    german = getattr(row, f"{name}_de")
    return {"de": german, "en": getattr(row, f"{name}_en") or german}


def _render(template: str, page: Page | None, language: str, tail: str, context: Mapping[str, Any]) -> str:
    other = "en" if language == "de" else "de"
    with translation.override(LANGUAGES[language]):
        return render_to_string(
            template,
            {
                "page": page,
                "language": LANGUAGES[language],
                "base": path_of(page, language) if page else "/status/",
                "here": settings.BASE_URL + (path_of(page, language, tail) if page else "/status/"),
                "other": (path_of(page, other, tail) if page else f"/status/?lang={other}"),
                "other_language": other,
                **context,
            },
        )
