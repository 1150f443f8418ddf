"""What pydantic found wrong in a document, said as what was expected, with near misses of a mistyped key."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from process.paths import Location
from process.schema import Document


def explain(error: ValidationError, schema: type[BaseModel]) -> list[tuple[Location, str]]:
    """Place and message of every problem; references between parts come with places of their own."""
    found: list[tuple[Location, str]] = []
    for entry in error.errors(include_url=False):
        if entry["type"] == "references":
            found += entry["ctx"]["problems"]
        else:
            place = tuple(step for step in entry["loc"] if step != "[key]")
            found.append((place, _message(entry, place, schema)))
    return found


def known_keys(place: Location, schema: type[BaseModel]) -> list[str]:
    """The keys the schema allows in the mapping at `place`; empty where anything goes."""
    root = node = json_schema(schema)
    for step in place:
        node = _resolve(node, root)
        if isinstance(step, int):
            node = node.get("items", {})
        else:
            node = node.get("properties", {}).get(step) or _additional(node)
    return sorted(_resolve(node, root).get("properties", {}))


@cache
def json_schema(schema: type[BaseModel] = Document) -> dict[str, Any]:
    """The JSON Schema of a document (draft 2020-12), as editors use it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema.model_json_schema()}


def _resolve(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _additional(node: dict[str, Any]) -> dict[str, Any]:
    extra = node.get("additionalProperties")
    return extra if isinstance(extra, dict) else {}


def _message(error: ErrorDetails, place: Location, schema: type[BaseModel]) -> str:
    kind, said = error["type"], error["msg"]
    if kind == "missing":
        return "expected this entry, it is missing"
    if kind == "extra_forbidden":
        keys = known_keys(place[:-1], schema)
        near = get_close_matches(str(place[-1]), keys, n=1)
        meant = f"; did you mean '{near[0]}'?" if near else ""
        return f"expected one of {', '.join(keys)}{meant}"
    if kind == "value_error":
        return said.removeprefix("Value error, ")
    said = said.removeprefix("Input should be ").removeprefix("in ")
    said = said.replace("String should match pattern", "text that matches").replace("String should have", "text of")
    return f"expected {said}, found {_short(error['input'])}"


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    text = str(value)
    return f"'{text[:59]}…'" if len(text) > 60 else f"'{text}'"
