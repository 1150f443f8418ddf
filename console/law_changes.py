"""What changed between two versions of the law, in the words of its forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from console.law_forms import FORMS, SourceForm
from console.law_words import ROOM_WORDS, hours
from privacy.rules.comparing import EntryChange, FieldChange

ICONS = {"added": "plus", "changed": "pencil", "removed": "trash-2"}


@dataclass(frozen=True, slots=True)
class Told:
    """A difference as people read it; `fields` are name, before and after."""

    icon: str
    what: str
    room: str
    title: str
    fields: tuple[tuple[str, str, str], ...]


def told(change: EntryChange) -> Told:
    """One entry's difference in words."""
    words = {"added": _("neu"), "changed": _("geändert"), "removed": _("entfernt")}
    room = {"": "", "sources": _("Quellen"), **ROOM_WORDS}[change.room]
    fields = tuple((_name(change.room, field), *_values(field)) for field in change.fields)
    return Told(ICONS[change.what], words[change.what], str(room), _title(change.entry), fields)


def _title(entry: Mapping[str, Any]) -> str:
    text = entry.get("label") or entry.get("text") or entry["title"]
    name = text["en" if (get_language() or "de").startswith("en") else "de"]
    return f"{entry['tag']} · {name}" if "tag" in entry else str(name)


def _name(room: str, field: FieldChange) -> str:
    form = SourceForm if room == "sources" else FORMS.get(room)
    known = form.base_fields.get("__".join(field.path)) if form is not None else None
    return str(known.label) if known is not None else " · ".join(field.path)


def _values(field: FieldChange) -> tuple[str, str]:
    return _value(field, field.before), _value(field, field.after)


def _value(field: FieldChange, value: Any) -> str:
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if field.path[-1].endswith("_min"):
        return hours(value)
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
