"""What differs between two documents, rule by rule, in words a reviewer can read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from process import paths
from process.schema import Document


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `before` is None for what was added, `after` for what was removed."""

    path: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"+ {self.path}: {self.after}"
        if self.after is None:
            return f"- {self.path}: {self.before}"
        return f"~ {self.path}: {self.before} → {self.after}"


def diff(before: Document, after: Document) -> list[Change]:
    """All differences in the order of the document; empty when both say the same."""
    return list(_compare(before.model_dump(mode="json"), after.model_dump(mode="json"), ""))


def _compare(before: Any, after: Any, path: str) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _compare_entries(before, after, lambda key: f"{path}.{key}" if path else key)
        return
    old, new = _named(before), _named(after)
    if old is not None and new is not None:
        yield from _compare_entries(old, new, lambda key: f"{path}[{key}]")
        kept_before, kept_after = [key for key in old if key in new], [key for key in new if key in old]
        if kept_before != kept_after:
            yield Change(f"{path} (order)", ", ".join(kept_before), ", ".join(kept_after))
        return
    yield Change(path, _say(before), _say(after))


def _compare_entries(before: dict[str, Any], after: dict[str, Any], path_of: Callable[[str], str]) -> Iterator[Change]:
    for key in [*before, *(key for key in after if key not in before)]:
        path = path_of(key)
        if key not in after:
            yield Change(path, _say(before[key]), None)
        elif key not in before:
            yield Change(path, None, _say(after[key]))
        else:
            yield from _compare(before[key], after[key], path)


def _named(entries: Any) -> dict[str, Any] | None:
    """A list as a mapping by identity, or None when its entries have none or share one."""
    if not isinstance(entries, list):
        return None
    names = [paths.identity(entry) for entry in entries]
    if None in names or len(set(names)) != len(names):
        return None
    return {str(name): entry for name, entry in zip(names, entries, strict=True)}


def _say(value: Any) -> str:
    """A value in short: the German text of something labelled, else its JSON."""
    if isinstance(value, dict):
        for name in ("label", "text", "function"):
            if isinstance(value.get(name), dict) and "de" in value[name]:
                return f"«{value[name]['de']}»"
    if isinstance(value, str):
        return f"«{value}»"
    return json.dumps(value, ensure_ascii=False)
