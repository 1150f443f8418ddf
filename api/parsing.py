"""JSON from outside, read strictly: what the database could not keep or would choke on is refused with a reason."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

from api.errors import TooLarge

MAX_DEPTH = 20
MAX_NUMBER = 2**53
_UNFIT = re.compile("[\x00\ud800-\udfff]")


class StrictJSON(BaseParser):
    """UTF-8 JSON without NUL, lone surrogates, NaN, repeated names, numbers beyond 2^53 or more than 20 levels."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value. ParseError (400) for what is no JSON, ValidationError naming the place, TooLarge (413)."""
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(_("Der Inhalt ist zu gross: höchstens %(limit)s Bytes.") % {"limit": limit})
        try:
            value = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
        except RecursionError:
            raise ParseError(_("Das JSON ist zu tief verschachtelt.")) from None
        except ValueError as error:
            raise ParseError(_("Das ist kein gültiges JSON: %(error)s") % {"error": error}) from None
        if not isinstance(value, dict):
            raise ParseError(_("Erwartet wird ein JSON-Objekt."))
        problems: dict[str, list[str]] = {}
        for path, text in _problems(value):
            problems.setdefault(path, []).append(text)
        if problems:
            raise ValidationError(problems)
        return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _problems(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if _UNFIT.search(value):
            yield path, _("Der Text enthält Zeichen, die es nicht gibt (NUL oder einzelne Surrogate).")
    elif isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) > MAX_NUMBER:
            yield path, _("Diese Zahl ist zu gross.")
    elif isinstance(value, dict | list):
        if depth >= MAX_DEPTH:
            yield path, _("Zu tief verschachtelt: höchstens %(depth)s Ebenen.") % {"depth": MAX_DEPTH}
            return
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in entries:
            if isinstance(name, str) and _UNFIT.search(name):
                yield path, _("Ein Feldname enthält Zeichen, die es nicht gibt.")
                continue
            yield from _problems(inner, f"{path}.{name}".lstrip("."), depth + 1)
