"""The register of data-protection cases (N7): every case there was, how it ended, and how long it is kept."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse
from django.utils.translation import get_language

from console.door import READ, StaffRequest, by, room
from console.page import as_download, page
from core.clock import now
from lifecycle import breach_register, data_protection
from lifecycle.errors import NotFound
from privacy.models import Case
from privacy.selectors import cases_visible_to, enters

MOST = 500


def _cases(request: StaffRequest, *, most: int | None = None) -> list[Case]:
    if not enters(request.user):
        raise NotFound(request.path)
    rows = cases_visible_to(request.user).select_related("incident", "officer")
    return list(rows.prefetch_related("duties", "schools").order_by("-id")[:most])


@room(methods=READ)
def overview(request: StaffRequest) -> HttpResponse:
    """The newest first; an export has them all."""
    return page(request, "console/privacy/register.html", {"cases": _cases(request, most=MOST), "now": now()})


@room(methods=READ)
def export(request: StaffRequest, shape: str) -> FileResponse:
    """The register as CSV, or every case's whole row (F7) as JSON. That each case was read is kept."""
    cases, at = _cases(request), now()
    for case in cases:
        data_protection.look_into(case.number, what=f"register {shape}", by=by(request), now=at)
    if shape == "csv":
        return as_download(breach_register.as_csv(cases).encode(), "register.csv", "text/csv; charset=utf-8")
    text = breach_register.as_json(cases, language=(get_language() or "de")[:2], now=at)
    return as_download(text.encode(), "register.json", "application/json")
