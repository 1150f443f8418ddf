"""Which statements a page runs, and whether any of them reads a large table from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.company import Keys
from bench.dataset_sql import TABLES

UNCOUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET ")


@dataclass(frozen=True, slots=True)
class Plans:
    """How many statements, and which large tables are read whole."""

    queries: int
    whole_tables: tuple[str, ...]


def plans_of(path: str, is_api: bool, keys: Keys) -> Plans:
    """Opens the page in this process, where its statements can be seen; nothing here is timed."""
    client = Client()
    headers = {"Authorization": f"Bearer {keys.api}"} if is_api else {}
    if not is_api:
        client.cookies[settings.SESSION_COOKIE_NAME] = keys.cookie
    for _ in range(2):  # the first visit fills what processes remember
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path, headers=headers)
    if answer.status_code != 200:
        raise SystemExit(f"plans: {path} answered {answer.status_code}")
    statements = [query["sql"] for query in captured if not query["sql"].startswith(UNCOUNTED)]
    whole = {table for statement in statements for table in _whole_tables(statement)}
    return Plans(len(statements), tuple(sorted(whole)))


def _whole_tables(statement: str) -> Iterator[str]:
    if not statement.startswith("SELECT"):
        return
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement.replace('%', '%%')}", [])
        found = cursor.fetchone()[0]
    for node in _nodes(found[0]["Plan"]):
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in TABLES:
            yield node["Relation Name"]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)
