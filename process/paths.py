"""How a place in the document is written for people: `chains[functional].levels[2].duties[analyse].text.de`.

Entries of a list are named by what identifies them, so that a path still points to the same rule after somebody
inserted another one above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Location = tuple[str | int, ...]
IDENTITIES = (
    ("key",),
    ("clock", "priority"),
    ("name",),
    ("level", "role"),
    ("impact", "low"),
    ("severity",),
    ("date",),
)


def identity(entry: Any) -> str | None:
    """What names an entry of a list: its key, name, level …; None for one that has nothing of the kind."""
    if isinstance(entry, Mapping):
        for names in IDENTITIES:
            if all(isinstance(entry.get(name), str | int) for name in names):
                return _identity(entry, names)
    return None


def _identity(entry: Mapping[str, Any], names: tuple[str, ...]) -> str:
    if names == ("clock", "priority"):
        return f"{entry['clock']}/{entry['priority']}"
    return str(entry[names[0]])


def write(location: Location, tree: Any) -> str:
    """The path of a location in `tree`; what the tree does not hold (a missing entry) is written as it stands."""
    path = ""
    node = tree
    for step in location:
        if isinstance(step, int):
            node = node[step] if isinstance(node, Sequence) and 0 <= step < len(node) else None
            path += f"[{identity(node) or step + 1}]"
        else:
            node = node.get(step) if isinstance(node, Mapping) else None
            path += f".{step}" if path else step
    return path
