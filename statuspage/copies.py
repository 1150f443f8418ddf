"""The copy of the public pages on disk, under the same addresses, for any web server to serve while we are down.

A file is replaced in one move, so a reader gets the old or the new one, whole, whatever stops us in between.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q

from statuspage import rendering
from statuspage.models import Notice, Page
from statuspage.selectors import overview, pages

AT_LEAST_EVERY = timedelta(hours=1)
"""So that what a copy says of itself is never much older, and the bars move on."""
SHEETS = ("console/css/tokens.css", "console/css/base.css", "status/status.css")
NEUTRAL = "de"
"""A plain web server does not ask a browser for its language."""


def due(*, folder: Path, now: datetime) -> list[int]:
    """Keys of pages whose copy is behind: by a change, a maintenance that began, an hour, or a file that is gone."""
    begun = Notice.objects.filter(
        page=OuterRef("pk"), ended_at=None, started_at__gt=OuterRef("copied_at"), started_at__lte=now
    )
    behind = ~Q(copied_version=F("version")) | Q(copied_at=None) | Q(copied_at__lte=now - AT_LEAST_EVERY)
    late = set(Page.objects.filter(behind | Exists(begun)).values_list("pk", flat=True))
    return [page.pk for page in pages() if page.pk in late or not (folder / page.slug / "index.html").is_file()]


def write(page: Page, *, folder: Path, now: datetime) -> None:
    """Writes the copy of a page, and of the entrance to all pages. Raises OSError."""
    for name, text in _files(page, now):
        put(folder / name, text)


def put(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Replaces a file in one move, once its content is safe on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def stylesheet() -> str:
    """Everything the pages look like, to stand inside them: a copy asks for no other file."""
    return "\n".join((settings.BASE_DIR / "static" / name).read_text() for name in SHEETS)


def _files(page: Page, now: datetime) -> Iterator[tuple[str, str]]:
    view = overview(page, now=now)
    look = {"css": stylesheet(), "written_at": now}
    everything = pages()
    home = rendering.home(view, NEUTRAL, **look)
    yield "index.html", home if len(everything) == 1 else rendering.listing(everything, NEUTRAL, **look)
    yield f"{page.slug}/index.html", home
    yield f"{page.slug}/history/index.html", rendering.history(view, NEUTRAL, **look)
    yield f"{page.slug}/summary.json", json.dumps(rendering.summary(view))
    for language in rendering.LANGUAGES:
        at = f"{page.slug}/{language}"
        yield f"{at}/index.html", rendering.home(view, language, **look)
        yield f"{at}/history/index.html", rendering.history(view, language, **look)
        yield f"{at}/feed.atom", rendering.feed(view, language)
        for notice in view.notices:
            yield f"{at}/notices/{notice.pk}/index.html", rendering.notice(page, notice, language, **look)
