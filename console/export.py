"""The list of incidents as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from console import files, keyset
from console.door import READ, StaffRequest, room
from console.incidents import filter_of, unknown_in
from incidents.models import Incident
from process.schema import Document
from process.selectors import current_document

MOST = 20_000


@room(methods=READ)
def incidents(request: StaffRequest) -> HttpResponseBase:
    """The filtered list as CSV or XLSX, at most 20 000 rows."""
    chosen = filter_of(request)
    wrong = "" if chosen.is_valid() else chosen.errors.as_text()
    if unknown := unknown_in(request, chosen):  # dropped, it would give somebody more rows than they asked for
        wrong = _("Unbekannter Filter in der Adresse: %(names)s. Bitte entfernen.") % {"names": ", ".join(unknown)}
    if wrong:
        return HttpResponse(wrong, status=400, content_type="text/plain; charset=utf-8")
    sort = request.GET.get("sort", "queue")
    rows = chosen.qs.order_by(*keyset.SORTS.get(sort, keyset.SORTS["queue"]))[:MOST]
    lines = lines_of(rows.iterator(chunk_size=1000), current_document()[1], get_language() or "de")
    return files.answer(lines, name="incidents", shape=request.GET.get("format", "csv"))


def lines_of(incidents: Iterable[Incident], document: Document, language: str) -> Iterator[list[str]]:
    """Heads and one line per incident; people read it, so keys of the process have their names."""
    yield [
        str(word)
        for word in (
            _("Nummer"),
            _("Titel"),
            _("Priorität"),
            _("Status"),
            _("Kategorie"),
            _("Modul"),
            _("Schule"),
            _("Kanal"),
            _("Team"),
            _("Zuständig"),
            _("Gemeldet"),
            _("Übernommen"),
            _("Gelöst"),
            _("Geschlossen"),
            _("Nächste Frist"),
        )
    ]
    for incident in incidents:
        yield [
            incident.number,
            incident.title,
            incident.get_priority_display(),
            incident.get_status_display(),
            document.label("categories", incident.category, language),
            str(incident.module or ""),
            str(incident.school or ""),
            document.label("channels", incident.channel, language),
            str(incident.team or ""),
            str(incident.assignee or ""),
            _local(incident.reported_at),
            _local(incident.acknowledged_at),
            _local(incident.resolved_at),
            _local(incident.closed_at),
            _local(incident.next_due_at),
        ]


def _local(instant: datetime | None) -> str:
    return timezone.localtime(instant).strftime("%Y-%m-%d %H:%M") if instant else ""
