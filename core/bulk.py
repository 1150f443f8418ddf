"""Many rows in one statement, handed over as one JSON value.

The ORM prepares every value of every row by itself: for the thousands of messages and events that a burst of breaches
or alerts brings, that took longer than the database needs to store them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

Row = Mapping[str, Any]


def insert_rows(model: type[models.Model], rows: Sequence[Row], *, once: str = "") -> int:
    """Inserts rows, all with the same keys, which are column names. Returns how many are new.

    Rows whose value in the unique column `once` (or columns, comma-separated) is there already stay away.
    """
    if not rows:
        return 0
    table, names = _names(model, rows)
    conflict = f" ON CONFLICT ({once}) DO NOTHING" if once else ""
    return _run(f"INSERT INTO {table} ({names}) SELECT {names} FROM {_given(table)}{conflict}", rows)  # noqa: S608


def update_rows(model: type[models.Model], rows: Sequence[Row]) -> int:
    """Sets columns of existing rows, found by `id`; all rows have the same keys. Returns how many were found."""
    if not rows:
        return 0
    table, _all = _names(model, rows)
    changes = ", ".join(f'"{name}" = new."{name}"' for name in rows[0] if name != "id")
    return _run(f"UPDATE {table} AS old SET {changes} FROM {_given(table)} AS new WHERE old.id = new.id", rows)  # noqa: S608


def _names(model: type[models.Model], rows: Sequence[Row]) -> tuple[str, str]:
    """Table and columns. Only names of the model become SQL: ValueError for any other."""
    columns = {field.column for field in model._meta.concrete_fields}
    unknown = rows[0].keys() - columns
    if unknown:
        raise ValueError(f"{model.__name__} has no column {', '.join(sorted(unknown))}")
    return model._meta.db_table, ", ".join(f'"{name}"' for name in rows[0])


def _given(table: str) -> str:
    return f"json_populate_recordset(NULL::{table}, %s)"


def _instant(value: object) -> str:
    """JSON for what it has no form of; to the microsecond, as the ORM would store it."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not go into a row")


def _run(statement: str, rows: Sequence[Row]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows, default=_instant)])
        return int(cursor.rowcount)
