"""Pages by keyset: a page continues after the last row seen, so rows that arrive meanwhile neither repeat nor hide any.

A cursor is opaque to callers. It holds the order, the direction and the key values of one row; every value is checked
on the way in, so a forged one gets 400.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Model, Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils.urls import remove_query_param, replace_query_param

if TYPE_CHECKING:  # the view module itself loads this one
    from rest_framework.views import APIView

CURSOR, SIZE, SORT = "cursor", "page_size", "sort"
MAX_SIZE = 200


@dataclass(frozen=True, slots=True)
class Key:
    """A column of an order. Columns that may be null sort them last going up."""

    field: str
    kind: type = int
    descending: bool = False
    nullable: bool = False


NEWEST: Sequence[Key] = (Key("id", descending=True),)
OLDEST: Sequence[Key] = (Key("id"),)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an order."""

    sort: str
    backwards: bool
    values: tuple[Any, ...]

    def encode(self) -> str:
        """The text callers hand back."""
        plain = [value.isoformat() if isinstance(value, datetime) else value for value in self.values]
        raw = json.dumps([self.sort, self.backwards, *plain], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, orders: dict[str, Sequence[Key]]) -> Cursor:
        """The place; ValueError for anything this class did not encode."""
        try:
            sort, backwards, *plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (binascii.Error, UnicodeError, RecursionError, TypeError) as error:
            raise ValueError("not a cursor") from error
        if not isinstance(sort, str) or sort not in orders or not isinstance(backwards, bool):
            raise ValueError("not a cursor of this list")
        keys = orders[sort]
        return cls(sort, backwards, tuple(_typed(key, value) for key, value in zip(keys, plain, strict=True)))


def _typed(key: Key, value: Any) -> Any:
    if value is None and key.nullable:
        return None
    if key.kind is datetime and isinstance(value, str):
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("an instant without a zone")
        return instant
    if type(value) is not key.kind or (isinstance(value, int) and abs(value) >= 2**63):
        raise ValueError("not a cursor of this list")
    return value


def _beyond(key: Key, value: Any, *, backwards: bool) -> Q:
    """Rows that come strictly after `value` in the walking direction."""
    down = key.descending != backwards
    if not key.nullable:
        return Q(**{f"{key.field}__{'lt' if down else 'gt'}": value})
    null = Q(**{f"{key.field}__isnull": True})
    if value is None:
        return ~null if backwards else Q(pk__in=[])
    return Q(**{f"{key.field}__lt": value}) if backwards else Q(**{f"{key.field}__gt": value}) | null


def _same(key: Key, value: Any) -> Q:
    return Q(**{f"{key.field}__isnull": True}) if value is None else Q(**{key.field: value})


def _after(keys: Sequence[Key], cursor: Cursor) -> Q:
    condition, equal = Q(pk__in=[]), Q()
    for key, value in zip(keys, cursor.values, strict=True):
        condition |= equal & _beyond(key, value, backwards=cursor.backwards)
        equal &= _same(key, value)
    return condition


def _ordering(keys: Sequence[Key], *, backwards: bool) -> list[Any]:
    terms: list[Any] = []
    for key in keys:
        down = key.descending != backwards
        nulls = {"nulls_first" if backwards else "nulls_last": True} if key.nullable else {}
        terms.append(F(key.field).desc(**nulls) if down else F(key.field).asc(**nulls))
    return terms


class NewestFirst(BasePagination):
    """`{next, previous, results}`. A view may offer other orders in `orders`; the first is the default."""

    orders: dict[str, Sequence[Key]] = {"newest": NEWEST}

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """The rows of the page asked for; 400 for a bad cursor, size or order."""
        self.orders = getattr(view, "orders", self.orders)
        self.url = request.build_absolute_uri()
        size = self._size(request)
        self.sort, self.cursor = self._place(request)
        keys = self.orders[self.sort]
        backwards = self.cursor is not None and self.cursor.backwards
        if self.cursor is not None:
            queryset = queryset.filter(_after(keys, self.cursor))
        rows = list(queryset.order_by(*_ordering(keys, backwards=backwards))[: size + 1])
        more = len(rows) > size
        self.rows = rows[:size][::-1] if backwards else rows[:size]
        self.has_next = backwards or more
        self.has_previous = more if backwards else self.cursor is not None
        return self.rows

    def _size(self, request: Request) -> int:
        text = request.query_params.get(SIZE)
        if text is None:
            return api_settings.PAGE_SIZE or MAX_SIZE
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MAX_SIZE or len(text) > 9:
            raise ValidationError({SIZE: [_("Erlaubt sind 1 bis %(limit)s.") % {"limit": MAX_SIZE}]})
        return int(text)

    def _place(self, request: Request) -> tuple[str, Cursor | None]:
        sort = request.query_params.get(SORT)
        if sort is not None and sort not in self.orders:
            raise ValidationError({SORT: [_("Erlaubt sind: %(orders)s.") % {"orders": ", ".join(self.orders)}]})
        text = request.query_params.get(CURSOR)
        if text is None:
            return sort or next(iter(self.orders)), None
        try:
            cursor = Cursor.decode(text[:1000], self.orders)
        except ValueError:
            cursor = None
        if cursor is None or (sort is not None and sort != cursor.sort):
            raise ValidationError({CURSOR: [_("Das ist keine Marke dieser Liste.")]})
        return cursor.sort, cursor

    def _link(self, row: Model | None, *, backwards: bool) -> str | None:
        if row is None:
            return remove_query_param(self.url, CURSOR)
        values = tuple(getattr(row, key.field) for key in self.orders[self.sort])
        return replace_query_param(self.url, CURSOR, Cursor(self.sort, backwards, values).encode())

    def get_paginated_response(self, data: Any) -> Response:
        """The body of a page."""
        first, last = (self.rows[0], self.rows[-1]) if self.rows else (None, None)
        return Response(
            {
                "next": self._link(last, backwards=False) if self.has_next and last else None,
                "previous": self._link(first, backwards=True) if self.has_previous else None,
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """How the OpenAPI schema describes a page."""
        address = "https://im.example/api/v1/incidents/?cursor=WyJuZXdlc3QiLGZhbHNlLDQyXQ"
        link = {"type": ["string", "null"], "format": "uri", "example": address}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The query parameters every list takes."""
        orders = list(getattr(view, "orders", self.orders))
        size = {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": api_settings.PAGE_SIZE}
        parameters = [
            {"name": CURSOR, "in": "query", "description": "From `next` or `previous`.", "schema": {"type": "string"}},
            {"name": SIZE, "in": "query", "description": "Rows per page.", "schema": size},
        ]
        if len(orders) > 1:
            schema = {"type": "string", "enum": orders, "default": orders[0]}
            parameters.append({"name": SORT, "in": "query", "description": "Order of the list.", "schema": schema})
        return [{"required": False, **parameter} for parameter in parameters]
