"""What surrounds every request: a calm answer when an engine is away, one log line, the person's language."""

from __future__ import annotations

import re
import time
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin

from escola_im.logging import scrub_path
from escola_im.outage import OUTAGES, REQUEST_ID, is_outage, outage_response

log = structlog.get_logger("escola_im.request")
GOOD_REQUEST_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")
QUIET_PATHS = ("/healthz", "/readyz", "/metrics", "/static/")
STARTED_AT = "escola_im.started_at"
LANGUAGE_CODES = {"de": "de-ch", "en": "en"}


class Outage(MiddlewareMixin):
    """503 with Retry-After when the database or the broker fails inside a view (`escola_im.outage` does the rest)."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for an engine that is away; anything else stays the error it is."""
        if not is_outage(exception):
            return None
        log.error("outage", path=scrub_path(request.path), error=type(exception).__name__, exc_info=exception)
        return outage_response(request)


class RequestLog(MiddlewareMixin):
    """Gives each request an id, returns it as X-Request-ID and writes one line with status and duration."""

    def process_request(self, request: HttpRequest) -> None:
        """Begin the request's context; an id from outside is believed only behind our own proxy."""
        given = request.headers.get("X-Request-ID", "") if settings.TRUST_PROXY else ""
        structlog.contextvars.clear_contextvars()
        request_id = given if GOOD_REQUEST_ID.match(given) else uuid4().hex
        request.META[REQUEST_ID], request.META[STARTED_AT] = request_id, time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=request_id)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Write the line. Paths lose their queries and a hook's token; bodies are never logged."""
        started = request.META[STARTED_AT]
        response["X-Request-ID"] = request.META[REQUEST_ID]
        person = getattr(request, "_cached_user", None)
        write = log.debug if request.path.startswith(QUIET_PATHS) else log.info
        write(
            "request",
            method=request.method,
            path=scrub_path(request.path),
            route=getattr(request.resolver_match, "view_name", None),
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
            person=person.pk if person is not None else None,
        )
        return response


class PersonLanguage(MiddlewareMixin):
    """Pages speak the language of the person who is logged in, whatever the browser prefers."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Activate it. Requests without a session cookie cost no query."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        try:
            language = request.user.language if request.user.is_authenticated else None
        except OUTAGES:
            return outage_response(request)
        if language:
            request.LANGUAGE_CODE = LANGUAGE_CODES.get(language, settings.LANGUAGE_CODE)
            translation.activate(request.LANGUAGE_CODE)
        return None
