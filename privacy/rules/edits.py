"""How the officer changes the law without writing YAML: one entry at a time, on the data of a version. Pure.

Each edit returns the whole law anew as plain data; whether it is a law is for `privacy.law.parse` to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from privacy.schema import Entry, Law

Path = tuple[str, ...]
Tree = dict[str, Any]
_LONGEST_KEY = 40


def tree_of(law: Law) -> Tree:
    """A law as plain data, without what is not said."""
    return law.model_dump(mode="json", exclude_defaults=True)


def entry_of(law: Law, room: str, key: str, valid_from: date) -> Entry | None:
    """An entry by what names it: its key and its first day; None where there is none."""
    entries: list[Entry] = getattr(law, room)
    return next((entry for entry in entries if (entry.key, entry.valid_from) == (key, valid_from)), None)


def change(law: Law, room: str, entry: Entry, values: Mapping[Path, Any]) -> Tree:
    """The law with some values of an entry changed; None and "" take a value away."""
    tree = tree_of(law)
    _put(tree[room][getattr(law, room).index(entry)], values)
    return tree


def succeed(law: Law, room: str, entry: Entry, values: Mapping[Path, Any]) -> Tree:
    """The law with a successor of an entry from `valid_from` in the values on; the old one ends the day before."""
    tree, at = tree_of(law), getattr(law, room).index(entry)
    first = date.fromisoformat(str(values["valid_from",]))
    last = min(first - timedelta(days=1), entry.valid_to or date.max)
    successor = entry.model_dump(mode="json", exclude_defaults=True)
    for name in ("valid_to", "confirmed_by_counsel"):
        successor.pop(name, None)
    _put(successor, values)
    tree[room][at]["valid_to"] = last.isoformat()
    tree[room].insert(at + 1, successor)
    return tree


def add_authority(law: Law, values: Mapping[Path, Any]) -> Tree:
    """The law with one more authority; its key is made from canton, city and label."""
    tree = tree_of(law)
    place = "_".join(str(values.get((name,)) or "") for name in ("canton", "city"))
    taken = {entry.key for entry in law.authorities}
    entry: Tree = {"key": _key(f"authority_{place}_{values['label', 'de']}", taken)}
    _put(entry, values)
    tree["authorities"].append(entry)
    return tree


def add_source(law: Law, tag: str, text: Mapping[str, str]) -> Tree:
    """The law with one more source that entries can name."""
    tree = tree_of(law)
    tree["sources"].append({"tag": tag, "text": dict(text)})
    return tree


def _put(entry: Tree, values: Mapping[Path, Any]) -> None:
    for path, value in values.items():
        around = [entry]
        for step in path[:-1]:
            around.append(around[-1].setdefault(step, {}))
        if value in (None, "", []):
            around[-1].pop(path[-1], None)
        else:
            around[-1][path[-1]] = value
        for outer, step in zip(reversed(around[:-1]), reversed(path[:-1]), strict=True):
            if not outer[step]:
                del outer[step]


def _key(text: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: _LONGEST_KEY - 4].rstrip("_")
    number = 2
    found = key
    while found in taken:
        found, number = f"{key}_{number}", number + 1
    return found
