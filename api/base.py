"""What every view of the API shares: strict parameters, scopes, the actor, preconditions and pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from api.moment import moment
from api.pages import CURSOR, SIZE, SORT
from api.parsing import StrictJSON
from directory.models import Person
from lifecycle.access import By

_ETAG = re.compile(r'"(\d{1,9})"')


class AlwaysJSON(BaseContentNegotiation):
    """One representation only, whatever is asked for; a browser gets to read an answer instead of a 406."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The parser of the body's content type, or none (415); a body without a type is read as JSON."""
        media_type = (request.content_type or "").partition(";")[0].strip().lower() or "application/json"
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first renderer."""
        first = next(iter(renderers))
        return first, str(first.media_type)


class ApiViewSet(GenericViewSet[Any]):
    """The base of all resources. `scope` names what a key needs; lists take the names of their filter, no others."""

    scope: str | None = None
    parser_classes: Sequence[type[BaseParser]] = [StrictJSON]
    content_negotiation_class = AlwaysJSON
    metadata_class = None
    orders: dict[str, Any]

    @property
    def now(self) -> datetime:
        """The instant of this request."""
        return moment(self.request)

    @property
    def person(self) -> Person:
        """Who calls; only for views that let nobody unknown in."""
        return cast(Person, self.request.user)

    @property
    def by(self) -> By:
        """Who acts, through this door."""
        return By.of(self.person, via="api")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After authentication, scopes and throttles: a parameter nobody knows is an error, not silently dropped."""
        super().initial(request, *args, **kwargs)
        unknown = sorted(set(request.query_params) - self.known_parameters())
        if unknown:
            raise ValidationError({name: [_("Diesen Parameter gibt es hier nicht.")] for name in unknown})
        if any("\x00" in value for values in request.query_params.lists() for value in values[1]):
            raise ValidationError([_("NUL gibt es in Texten nicht.")])

    def known_parameters(self) -> set[str]:
        """The query parameters of this action."""
        if self.action != "list":
            return set()
        filters = getattr(self, "filterset_class", None)
        own = {CURSOR, SIZE} | ({SORT} if len(getattr(self, "orders", ())) > 1 else set())
        return own | set(filters.base_filters if filters else ())

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Answers are personal and change: no cache keeps them without asking again."""
        final: HttpResponse = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(final, ["Authorization", "Cookie"])
        return final


def etag(version: int) -> str:
    """The entity tag of a record: its version."""
    return f'"{version}"'


def is_known(request: Request, version: int) -> bool:
    """Whether the caller already has this version (If-None-Match)."""
    asked = request.headers.get("If-None-Match", "")
    return asked.strip() == "*" or etag(version) in [tag.strip().removeprefix("W/") for tag in asked.split(",")]


def required_version(request: Request) -> int | None:
    """The version the caller makes a condition (If-Match), None without one or with `*`; 400 for no tag of ours."""
    asked = request.headers.get("If-Match")
    if asked is None or asked.strip() == "*":
        return None
    match = _ETAG.fullmatch(asked.strip())
    if match is None:
        raise ValidationError({"If-Match": [_('Erwartet wird genau eine Marke aus «ETag», zum Beispiel "3".')]})
    return int(match[1])
