"""What differs between two versions of the law, entry by entry and field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from privacy.schema import ROOMS

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value that differs; None where there is none."""

    path: Path
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry that was added, changed or removed; `entry` is its newest data. `room` is empty for the law's own."""

    what: Literal["added", "changed", "removed"]
    room: str
    entry: Mapping[str, Any]
    fields: tuple[FieldChange, ...] = ()


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[EntryChange]:
    """All differences between the data of two versions, in the order of the file; empty when both say the same."""
    rest = (*(name for name in after if name not in ("sources", *ROOMS)),)
    of_its_own = tuple(change for name in rest for change in _fields(before.get(name), after[name], (name,)))
    found = [EntryChange("changed", "", after, of_its_own)] if of_its_own else []
    for room in ("sources", *ROOMS):
        found += _entries(room, _named(before[room]), _named(after[room]))
    return found


def _entries(room: str, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[EntryChange]:
    for name, entry in before.items():
        if name not in after:
            yield EntryChange("removed", room, entry)
    for name, entry in after.items():
        if name not in before:
            yield EntryChange("added", room, entry)
        elif fields := tuple(_fields(before[name], entry, ())):
            yield EntryChange("changed", room, entry, fields)


def _named(entries: list[Mapping[str, Any]]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Entries by key and by which of that key they are, so that one whose first day moved is still the same."""
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    for entry in entries:
        key = entry.get("key") or entry["tag"]
        found[key, sum(name == key for name, _at in found)] = entry
    return found


def _fields(before: Any, after: Any, path: Path) -> Iterator[FieldChange]:
    if before == after:
        return
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old, new = (side if isinstance(side, Mapping) else {} for side in (before, after))
        for name in dict.fromkeys([*new, *old]):
            yield from _fields(old.get(name), new.get(name), (*path, name))
    else:
        yield FieldChange(path, before, after)
