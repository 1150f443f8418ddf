"""Doors, selectors and rules read. Whoever wants to change something calls a verb."""

import ast

from tests.architecture.house import APPS, ROOT, calls, name_of, python_files

WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}
OF_QUERIES = {"objects", "filter", "exclude", "all", "get", "visible_to"}
READERS = [
    *python_files("console"),
    *(path for path in python_files("api") if "management" not in path.parts),
    *python_files("integrations/sources"),
    *(path for app in APPS for path in python_files(f"{app}/rules")),
    *(path for app in APPS for path in (ROOT / app).glob("selectors*")),
]
# rows that are a door's own business and no part of any incident's history
OWN_ROWS = {"api/idempotency.py", "console/views.py"}


def test_doors_selectors_and_rules_write_no_rows() -> None:
    writes = [
        f"{name_of(path)}:{call.lineno}"
        for path in READERS
        if path.suffix == ".py" and name_of(path) not in OWN_ROWS
        for call in calls(path)
        if is_write(call)
    ]
    assert not writes, "a change belongs into services, called by a verb"


def is_write(call: ast.Call) -> bool:
    """`Model.objects.create()`, `row.save()`, `query.update()`; not `dict.update()` or `cache.delete()`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES | {"update"}:
        return False
    words = {node.attr for node in ast.walk(call.func.value) if isinstance(node, ast.Attribute)}
    is_query = bool(words & OF_QUERIES)
    return is_query if call.func.attr in {"update", "create", "delete"} else not _keeps_no_rows(call.func.value)


def _keeps_no_rows(receiver: ast.expr) -> bool:
    return isinstance(receiver, ast.Name) and receiver.id in {"form", "cache", "storage", "book", "workbook"}
