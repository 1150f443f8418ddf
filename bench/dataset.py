"""A year of a busy service desk, written by the database itself in sets: 100 000 incidents in about a minute.

Consistent as far as pages and sweeps read it. Foreign keys are not checked again and GIN indexes are built at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from bench import dataset_sql
from directory.models import Module, Person, School, Team
from process.selectors import current


@dataclass(frozen=True, slots=True)
class Size:
    """How much: incidents over so many days, the share of them still open in percent, and whether their story is told.

    `with_lives` tells instead what clocks are derived from: answers, holds, solutions, reopenings.
    """

    incidents: int
    open_percent: int = 20
    with_story: bool = True
    days: int = 365
    with_lives: bool = False


def fill(size: Size) -> None:
    """Writes the incidents of `size` behind those that exist, and has the planner look at them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM incidents_incident")
        first = cursor.fetchone()[0] + 1
        facts = _facts() | {"first": first, "last": first + size.incidents - 1}
        facts |= {"open_percent": size.open_percent, "days": size.days}
        cursor.execute("SET session_replication_role = replica; SET statement_timeout = 0; SET work_mem = '64MB'")
        cursor.execute("SET maintenance_work_mem = '256MB'; SET synchronous_commit = off")
        indexes = _drop_indexes(cursor, "incidents_searchdocument") if size.with_story else []
        story = (dataset_sql.LIVES,) if size.with_lives else dataset_sql.STORY if size.with_story else ()
        for statement in dataset_sql.RECORDS + story:
            cursor.execute(statement, facts)
        for definition in indexes:
            cursor.execute(definition)
        _set_sequences(cursor, dataset_sql.TABLES)
        for table in dataset_sql.TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    connection.close()


def _facts() -> dict[str, Any]:
    return {
        "people": list(Person.objects.order_by("pk").values_list("pk", flat=True)),
        "teams": list(Team.objects.order_by("pk").values_list("pk", flat=True)),
        "schools": list(School.objects.order_by("pk").values_list("pk", flat=True)),
        "modules": list(Module.objects.order_by("pk").values_list("pk", flat=True)),
        "process_version": current().pk,
    }


def _drop_indexes(cursor: CursorWrapper, table: str) -> list[str]:
    """Drops the GIN indexes of a table; how to make them again."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef LIKE '%%USING gin%%'", [table]
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]


def _set_sequences(cursor: CursorWrapper, tables: Iterable[str]) -> None:
    for table in tables:
        cursor.execute("SELECT 1 FROM information_schema.columns WHERE table_name = %s AND column_name = 'id'", [table])
        if cursor.fetchone():
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}) + 1)")  # noqa: S608
    for name in ("incident", "contact"):
        cursor.execute(f"SELECT setval('incidents_{name}_number', (SELECT max(id) FROM incidents_incident) + 1000000)")  # noqa: S608
