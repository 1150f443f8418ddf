"""The hook: size, authenticity, one row, 202. What can fail because of the content fails later, in a worker."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from core import clock
from core.secrets import SecretUnreadable
from core.text import clean
from integrations import intake
from integrations.contract import Source
from integrations.doorbell import TRANSLATE
from integrations.models import Delivery
from integrations.reading import digest
from integrations.registry import SOURCES

ASK_AGAIN_S = 30


def problem(status: HTTPStatus, detail: str, **headers: str) -> HttpResponse:
    """An RFC 9457 answer. It never repeats what was sent."""
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    answer = JsonResponse(body, status=status, content_type="application/problem+json")
    for name, value in headers.items():
        answer[name.replace("_", "-")] = value
    return answer


@csrf_exempt
def hook(request: HttpRequest, kind: str, name: str, token: str | None = None) -> HttpResponse:
    """Takes one delivery in. 202 means that it is committed."""
    source = SOURCES.get(kind)
    if source is None:
        return problem(HTTPStatus.NOT_FOUND, "There is no such hook.")
    by_query = source.takes_query and bool(request.META.get("QUERY_STRING"))
    if request.method != "POST" and not (request.method == "GET" and by_query):
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, "Send a POST.", Allow="POST")
    try:
        body = _read(request)
    except (UnreadablePostError, OSError):
        return problem(HTTPStatus.BAD_REQUEST, "The body broke off.")
    if body is None:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {settings.HOOK_MAX_BYTES} bytes are taken.")
    if by_query and not body:
        body = _data_in_query(request)
    try:
        ear = intake.find_ear(kind, name)
    except SecretUnreadable:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "This hook is not in order.", Retry_After=str(ASK_AGAIN_S))
    if ear is None:
        return problem(HTTPStatus.NOT_FOUND, "There is no such hook.")
    return _admit(request, source, ear, body, token)


def _read(request: HttpRequest) -> bytes | None:
    """The body's bytes, or None when there are more than allowed; a huge body is not read to its end."""
    limit = settings.HOOK_MAX_BYTES
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        announced = 0
    if announced > limit:
        return None
    body = request.read(limit + 1)
    return body if len(body) <= limit else None


def _data_in_query(request: HttpRequest) -> bytes:
    """The address's data without its token: a delivery is kept, a secret is not."""
    pairs = parse_qsl(request.META["QUERY_STRING"], keep_blank_values=True)
    return urlencode([(key, value) for key, value in pairs if key != "token"]).encode()


def _admit(request: HttpRequest, source: Source, ear: intake.Ear, body: bytes, token: str | None) -> HttpResponse:
    now = clock.now()
    headers = {name.lower(): value for name, value in request.headers.items()}
    if token is None and "token=" in request.META.get("QUERY_STRING", ""):
        token = request.GET.get("token")
    if not source.verify(body, headers, token, ear.valid_secrets(now)):
        intake.note(ear.id, "refused_count", now)
        return problem(HTTPStatus.UNAUTHORIZED, "The signature or token is missing or wrong.")
    if intake.is_flooded():
        return problem(HTTPStatus.TOO_MANY_REQUESTS, "Too much is waiting.", Retry_After=str(ASK_AGAIN_S))
    skew = intake.skew(headers.get(source.timestamp_header, ""), now)
    stale = skew > source.stale_after
    if skew > intake.LATE:
        intake.note(ear.id, "late_count", now)
    delivery = intake.store(
        source_id=ear.id,
        delivery_id=_stale_id(body) if stale else source.delivery_id(body, headers),
        headers={name: clean(headers[name], limit=500) for name in source.keep_headers if name in headers},
        body=body,
        received_at=now,
        state=_state(ear, stale=stale),
        error=f"sent {int(skew.total_seconds())} s away from our time" if stale else "",
    )
    if stale:
        return problem(HTTPStatus.UNAUTHORIZED, "The signature is stale: its time is too far away from ours.")
    if delivery is None:
        return JsonResponse({"status": "duplicate"}, status=202)
    TRANSLATE.press()
    return JsonResponse({"delivery": delivery}, status=202)


def _state(ear: intake.Ear, *, stale: bool) -> Delivery.State:
    if stale:
        return Delivery.State.FLAGGED  # kept for a person to take up: our clock or theirs may be wrong
    return Delivery.State.RECORDED if ear.mode == "paused" else Delivery.State.PENDING


def _stale_id(body: bytes) -> str:
    """One row per body, however often somebody who captured it sends it."""
    return f"stale:{digest(body)}"
