"""The newest offline kit for whoever leads: as a file to keep, never as a page of this site."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from console.door import READ, StaffRequest, room
from console.offline_kit import newest
from lifecycle.access import GET_OFFLINE_KIT

TYPES = {"html": "text/html", "pdf": "application/pdf"}


@room(GET_OFFLINE_KIT, methods=READ)
def download(request: StaffRequest, ending: str) -> HttpResponseBase:
    """The file, with phone numbers in it: for no cache."""
    found = newest(settings.OFFLINE_DIR, ending) if ending in TYPES else None
    if found is None:
        raise Http404(ending)
    response = FileResponse(
        found.open("rb"), as_attachment=True, filename=f"offline-kit-{found.name}", content_type=TYPES[ending]
    )
    response["Cache-Control"] = "private, no-store"
    return response
