"""What may be corrected in the record of §3, and with which values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.text import clean, first_line
from directory.models import Module, School
from incidents.models import Incident
from lifecycle import correspondence
from lifecycle.desk import rules_for
from lifecycle.errors import Invalid

EDITABLE = frozenset(
    {
        "title",
        "symptom",
        "category",
        "module",
        "school",
        "reporter_name",
        "reporter_email",
        "reporter_phone",
        "feedback_channel",
    }
)


def canton_of(set_: Mapping[str, Any]) -> dict[str, str]:
    """The canton of the school that is being set, for the event: the clocks count its holidays from then on (R1)."""
    school = School.objects.filter(pk=set_["school_id"]).first() if set_.get("school_id") else None
    return {"canton": school.canton} if school is not None else {}


def attribute(name: str) -> str:
    """The attribute behind a field that is given by id."""
    return f"{name}_id" if name in ("module", "school") else name


def cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored, under the names of their attributes."""
    limits = {"symptom": 50_000, "reporter_phone": 40, "reporter_name": 160, "reporter_email": 254}
    result: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "title":
            result[name] = first_line(value, limit=160)
        elif isinstance(value, str):
            result[name] = clean(value.strip(), limit=limits.get(name, 254))
        else:
            result[attribute(name)] = value
    return result


def check(incident: Incident, fields: Mapping[str, Any]) -> None:
    """Raises Invalid with everything that is wrong, beside its field."""
    rules = rules_for(incident)
    errors: dict[str, list[str]] = {}
    for name in fields.keys() - EDITABLE:
        errors[name] = [_("Dieses Feld lässt sich nicht direkt ändern.")]
    for name in ("title", "symptom"):
        if name in fields and not str(fields[name]).strip():
            errors[name] = [_("Dieses Feld darf nicht leer sein.")]
    if "category" in fields and fields["category"] not in {category.key for category in rules.categories}:
        errors["category"] = [_("Bitte eine Kategorie des Prozesses wählen.")]
    if fields.get("feedback_channel") and fields["feedback_channel"] not in {c.key for c in rules.channels}:
        errors["feedback_channel"] = [_("Bitte einen Kanal des Prozesses wählen.")]
    if "reporter_email" in fields or "feedback_channel" in fields:
        errors |= _check_way_back(incident, fields)
    errors |= _check_rows(fields)
    if errors:
        raise Invalid(errors)


def _check_rows(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if fields.get("module") is not None and not Module.objects.filter(pk=fields["module"]).exists():
        errors["module"] = [_("Dieses Modul gibt es nicht.")]
    if fields.get("school") is not None and not School.objects.filter(pk=fields["school"]).exists():
        errors["school"] = [_("Diese Schule gibt es nicht.")]
    return errors


def _check_way_back(incident: Incident, fields: Mapping[str, Any]) -> dict[str, list[str]]:
    address = str(fields.get("reporter_email", incident.reporter_email)).strip()
    channel = fields.get("feedback_channel", incident.feedback_channel)
    if address and not correspondence.can_be_mailed(address):
        return {"reporter_email": [_("Das ist keine E-Mail-Adresse.")]}
    if not address and channel == "email":
        return {"reporter_email": [_("Für eine Rückmeldung per E-Mail fehlt die Adresse.")]}
    return {}
