"""Instants from outside, read strictly: an offset, or a zone in which the wall time exists exactly once (R2, R16)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

_SHAPE = re.compile(
    r"(?P<wall>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)"
    r"(?P<offset>[Zz]|[+-]\d\d:\d\d)?(\[(?P<zone>[\w/+-]{1,64})\])?",
    re.ASCII,
)


@extend_schema_field(
    {
        "type": "string",
        "format": "date-time",
        "example": "2026-11-23T08:00:00+01:00",
        "description": "ISO 8601 with an offset, or RFC 9557 with a zone such as `2026-11-23T08:00[Europe/Zurich]`.",
    }
)
class InstantIn(serializers.Field[Any, Any, Any, Any]):
    """An instant; the cleaned value is in UTC."""

    def to_internal_value(self, data: Any) -> datetime:
        """Refuses wall times without zone, and those a zone skips or has twice unless the offset says which."""
        match = _SHAPE.fullmatch(data) if isinstance(data, str) else None
        if match is None:
            raise ValidationError([_("Erwartet wird ein Zeitpunkt wie 2026-11-23T08:00:00+01:00.")])
        try:
            wall = datetime.fromisoformat(match["wall"])
            stated = datetime.fromisoformat(match["wall"] + match["offset"].upper()) if match["offset"] else None
            return _in_zone(wall, stated, match["zone"]) if match["zone"] else _by_offset(stated)
        except (ValueError, OverflowError):
            raise ValidationError([_("Diesen Zeitpunkt gibt es nicht.")]) from None

    def to_representation(self, value: Any) -> Any:
        """Requests are never shown."""
        raise NotImplementedError


def _by_offset(stated: datetime | None) -> datetime:
    if stated is None:
        raise ValidationError([_("Dem Zeitpunkt fehlt der Abstand zu UTC, zum Beispiel +01:00 oder Z.")])
    return stated.astimezone(UTC)


def _in_zone(wall: datetime, stated: datetime | None, name: str) -> datetime:
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError([_("Die Zeitzone «%(zone)s» gibt es nicht.") % {"zone": name}]) from None
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first > second:
        words = _("Diese Uhrzeit gibt es in %(zone)s nicht: Die Uhren werden dann vorgestellt.")
        raise ValidationError([words % {"zone": name}])
    if stated is not None:
        if stated.astimezone(UTC) not in (first, second):
            raise ValidationError([_("Dieser Abstand zu UTC gilt in %(zone)s dann nicht.") % {"zone": name}])
        return stated.astimezone(UTC)
    if first != second:
        words = _("Diese Uhrzeit gibt es in %(zone)s zweimal: Bitte den Abstand zu UTC dazuschreiben.")
        raise ValidationError([words % {"zone": name}])
    return first
