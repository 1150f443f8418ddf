"""The list as a file. Cells that a spreadsheet would run as a formula are made harmless; the text stays readable."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import TemporaryFile

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from console import keyset
from console.door import READ, StaffRequest, room
from console.incidents import filter_of, unknown_in
from incidents.models import Incident
from process.schema import Document
from process.selectors import current_document

MOST = 20_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: object) -> str:
    """A cell as text; one that begins like a formula gets an apostrophe, which spreadsheets show as plain text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


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
    lines = _lines(rows.iterator(chunk_size=1000), current_document()[1], get_language() or "de")
    return _xlsx(lines) if request.GET.get("format") == "xlsx" else _csv(lines)


def _lines(incidents: Iterable[Incident], document: Document, language: str) -> Iterator[list[str]]:
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
        cells = [
            incident.number,
            incident.title,
            incident.get_priority_display(),
            incident.get_status_display(),
            document.label("categories", incident.category, language),
            incident.module,
            incident.school,
            document.label("channels", incident.channel, language),
            incident.team,
            incident.assignee,
            _local(incident.reported_at),
            _local(incident.acknowledged_at),
            _local(incident.resolved_at),
            _local(incident.closed_at),
            _local(incident.next_due_at),
        ]
        yield [harmless(cell) for cell in cells]


def _local(instant: datetime | None) -> str:
    return timezone.localtime(instant).strftime("%Y-%m-%d %H:%M") if instant else ""


def _csv(lines: Iterable[list[str]]) -> HttpResponseBase:
    def pieces() -> Iterator[str]:
        yield "\ufeff"  # spreadsheets read UTF-8 only with this mark
        for line in lines:
            buffer = io.StringIO()
            csv.writer(buffer, delimiter=";").writerow(line)
            yield buffer.getvalue()

    response = StreamingHttpResponse(pieces(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="incidents.csv"'
    return response


def _xlsx(lines: Iterable[list[str]]) -> HttpResponseBase:
    from openpyxl import Workbook  # noqa: PLC0415  (a tenth of a process's start, and few ever write a sheet)

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Incidents")
    for line in lines:
        sheet.append(line)
    file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="incidents.xlsx")
