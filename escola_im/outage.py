"""What a caller sees while the database or the broker is away: 503, when to come back, and what they had typed."""

from __future__ import annotations

import sys
from http import HTTPStatus

import kombu.exceptions
import redis.exceptions
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

OUTAGES = (
    OperationalError,
    InterfaceError,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    kombu.exceptions.OperationalError,
)
REQUEST_ID = "escola_im.request_id"  # where RequestLog keeps it in request.META
RETRY_AFTER_S = 5
FOR_PROGRAMS = ("/api/", "/hooks/")
NEVER_SHOWN = ("csrf", "password", "secret", "token", "code", "otp", "key")


def is_outage(error: BaseException | None) -> bool:
    """Whether the error says that an engine is away or overloaded, rather than that the code is wrong."""
    return isinstance(error, OUTAGES)


def outage_response(request: HttpRequest) -> HttpResponse:
    """503: problem details (RFC 9457) for programs, a page that holds what was typed for people."""
    response = _problem(HTTPStatus.SERVICE_UNAVAILABLE, request) if _is_program(request) else _page(request)
    response["Retry-After"] = str(RETRY_AFTER_S)
    response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler for uncaught errors. Those of middlewares reach no `process_exception`, so outages end here."""
    if is_outage(sys.exc_info()[1]):
        return outage_response(request)
    if _is_program(request):
        return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, request)
    return HttpResponse(render_to_string("500.html", {"request_id": _request_id(request)}), status=500)


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What a person had filled in, in order, without secrets; files by their names."""
    if request.method != "POST":
        return []
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        files = [(name, upload.name or "") for name, uploads in request.FILES.lists() for upload in uploads]
    except (RawPostDataException, UnreadablePostError):
        return []
    return [(name, value) for name, value in fields + files if value.strip() and _may_show(name)]


def _may_show(name: str) -> bool:
    return not any(word in name.lower() for word in NEVER_SHOWN)


def _is_program(request: HttpRequest) -> bool:
    return request.path.startswith(FOR_PROGRAMS)


def _request_id(request: HttpRequest) -> str:
    return str(request.META.get(REQUEST_ID, ""))


def _page(request: HttpRequest) -> HttpResponse:
    # no request in the context: its processors would ask the very database that is away
    context = {"fields": typed_fields(request), "retry_after_s": RETRY_AFTER_S, "request_id": _request_id(request)}
    return HttpResponse(render_to_string("503.html", context), status=HTTPStatus.SERVICE_UNAVAILABLE)


def _problem(status: HTTPStatus, request: HttpRequest) -> HttpResponse:
    detail = {
        HTTPStatus.SERVICE_UNAVAILABLE: _("Die Datenbank oder die Warteschlange antwortet nicht. Bitte erneut senden."),
        HTTPStatus.INTERNAL_SERVER_ERROR: _("Ein unerwarteter Fehler ist aufgetreten und wurde aufgezeichnet."),
    }[status]
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "request_id": _request_id(request),
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")
