"""Tables as files. Cells that a spreadsheet would run as a formula are made harmless; the text stays readable."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

SHAPES = ("csv", "xlsx")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Value = str | float | int | None


def harmless(value: object) -> str:
    """A cell as text; one that begins like a formula gets an apostrophe, which spreadsheets show as plain text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def answer(lines: Iterable[Sequence[Value]], *, name: str, shape: str = "csv") -> HttpResponseBase:
    """A download of that name; `shape` is csv (UTF-8, semicolons, as Swiss spreadsheets read it) or xlsx."""
    cells = (_cells(line) for line in lines)
    return _xlsx(cells, name) if shape == "xlsx" else _csv(cells, name)


def _cells(line: Sequence[Value]) -> list[Value]:
    """Numbers stay numbers, so that a sheet can add them up; every text is made harmless."""
    return [value if isinstance(value, int | float) else harmless(value) for value in line]


def _csv(lines: Iterable[Sequence[Value]], name: str) -> HttpResponseBase:
    def pieces() -> Iterator[str]:
        yield "\ufeff"  # spreadsheets read UTF-8 only with this mark
        for line in lines:
            buffer = io.StringIO()
            csv.writer(buffer, delimiter=";").writerow(line)
            yield buffer.getvalue()

    response = StreamingHttpResponse(pieces(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _xlsx(lines: Iterable[Sequence[Value]], name: str) -> HttpResponseBase:
    from openpyxl import Workbook  # noqa: PLC0415  (a tenth of a process's start, and few ever write a sheet)

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    for line in lines:
        sheet.append(list(line))
    file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
