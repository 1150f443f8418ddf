"""Reading values nobody vouches for: every function takes anything and answers with something usable."""

from __future__ import annotations

import hashlib
import json
import math
import re
from datetime import UTC, datetime
from typing import Any

from core.text import clean
from integrations.contract import Unreadable

_PLAIN_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_NEWEST = datetime(2200, 1, 1, tzinfo=UTC)
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+")


def read_json(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`; Unreadable for anything else. Raw newlines and tabs inside strings are let through."""
    try:
        value = json.loads(raw.decode("utf-8-sig"), strict=False)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {clean(str(error), limit=200)}") from error
    if not isinstance(value, dict):
        raise Unreadable(f"a JSON object was expected, not {type(value).__name__}")
    return value


def as_dict(value: object) -> dict[str, Any]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_text(value: object, *, limit: int = 160) -> str:
    """Text of a string or number on one line, safe to keep; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return clean(" ".join(str(value).split()), limit=limit)
    except ValueError:  # an integer too long to print
        return ""


def as_block(value: object, *, limit: int = 4000) -> str:
    """Text of a string with its line breaks; empty for anything else."""
    return clean(value, limit=limit).strip() if isinstance(value, str) else ""


def as_id(value: object) -> str:
    """An identifier as text, fit for a fingerprint: what is strange or long becomes its digest. Empty if missing."""
    text = as_text(value, limit=10_000)
    if not text or _PLAIN_ID.fullmatch(text):
        return text
    return "x" + digest(text.encode())[:31]


def as_int(value: object) -> int | None:
    """A whole number from an int, a float or a string of digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = value.strip()
        return int(value) if re.fullmatch(r"[+-]?[0-9]{1,18}", value) else None
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and abs(value) < 1e18 else None
    return value if isinstance(value, int) and abs(value) < 10**18 else None


def as_time(value: object) -> datetime | None:
    """An instant from ISO text (with Z, offset or neither: then UTC), a date, or unix seconds as number or text.

    None for what cannot be a time of something that happened or will expire (before 2000, after 2199).
    """
    if isinstance(value, str):
        value = value.strip()
        if not re.fullmatch(r"[0-9]{9,11}(\.[0-9]+)?", value):
            return _in_range(_from_iso(value))
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return _in_range(datetime.fromtimestamp(value, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _from_iso(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(_LONG_FRACTION.sub(r"\1", text))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _in_range(at: datetime | None) -> datetime | None:
    return at if at is not None and _OLDEST <= at < _NEWEST else None


def as_url(value: object) -> str:
    """A web address (http or https) or nothing: other schemes would run when somebody clicks them."""
    text = as_text(value, limit=1001)
    return text if len(text) <= 1000 and text.startswith(("https://", "http://")) else ""


def latest(*moments: datetime | None) -> datetime | None:
    """The newest of the moments that are known."""
    known = [moment for moment in moments if moment is not None]
    return max(known) if known else None


def digest(raw: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(raw).hexdigest()
