"""Every error of the API in one shape: RFC 9457 problem details. Refusals of verbs are translated here, once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from directory.errors import BadEntry
from incidents.rules.states import Status, allowed_verbs
from lifecycle.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from process.loader import BadDocument
from process.selectors import NoProcess

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
# Names the verbs use inside, and the names programs know them by.
OUTSIDE = {
    "reporter_name": "reporter.name",
    "reporter_email": "reporter.email",
    "reporter_phone": "reporter.phone",
    "module_id": "module",
    "school_id": "school",
    "assignee_id": "assignee",
    "team_id": "team",
}


class TooLarge(exceptions.APIException):
    """The body is larger than this door takes."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class Clash(exceptions.APIException):
    """The request contradicts another one, such as a key used for something else."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"

    def __init__(self, slug: str, detail: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.slug = slug
        self.wait = retry_after_s


class Stale(exceptions.APIException):
    """The record moved on since the caller read it; `required` when the caller made it a condition (If-Match)."""

    def __init__(self, conflict: Conflict, *, required: bool) -> None:
        super().__init__(_("Der Datensatz wurde inzwischen geändert. Bitte neu laden und die Werte vergleichen."))
        self.status_code = HTTPStatus.PRECONDITION_FAILED if required else HTTPStatus.CONFLICT
        self.conflict = conflict


def problem_body(status: int, detail: str, *, slug: str = "", **members: Any) -> dict[str, Any]:
    """The members of RFC 9457. `type` is `about:blank` where the status says it all."""
    return {
        "type": f"urn:escola-im:problem:{slug}" if slug else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        **members,
    }


def problem(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None (an outage, a mistake of ours) goes on to the roof, which logs and answers it."""
    for kinds, translate in _TRANSLATIONS:
        if isinstance(exc, kinds):
            response = translate(exc)
            response.content_type = CONTENT_TYPE
            return response
    return None


def _answer(status: int, detail: str, *, headers: dict[str, str] | None = None, **members: Any) -> Response:
    return Response(problem_body(status, detail, **members), status=int(status), headers=headers)


def _wrong_state(exc: WrongState) -> Response:
    verb = _outside_verb(exc.verb)
    return _answer(
        HTTPStatus.CONFLICT,
        _("«%(verb)s» geht nicht im Status «%(state)s».") % {"verb": verb, "state": exc.status.value},
        slug="wrong-state",
        verb=verb,
        state=exc.status.value,
        allowed=[state.value for state in exc.allowed],
        allowed_verbs=[_outside_verb(other) for other in allowed_verbs(Status(exc.status))],
    )


def _outside_verb(verb: str) -> str:
    return str(verb).replace("_", "-")


def _stale(exc: Stale) -> Response:
    fields = {
        outside(name): {"yours": yours, "theirs": theirs} for name, (yours, theirs) in exc.conflict.fields.items()
    }
    return _answer(
        exc.status_code,
        str(exc.detail),
        slug="stale-version",
        yours=exc.conflict.expected,
        theirs=exc.conflict.actual,
        fields=fields,
        headers={"ETag": f'"{exc.conflict.actual}"'},
    )


def outside(name: str) -> str:
    """The name programs know a field by."""
    return OUTSIDE.get(name, name)


def _invalid(errors: Mapping[str, list[str]]) -> Response:
    found = [{"field": outside(name), "message": text} for name, texts in errors.items() for text in texts]
    return _answer(HTTPStatus.BAD_REQUEST, _summary(found), slug="invalid", errors=found)


def _bad_request(exc: exceptions.ValidationError) -> Response:
    found = [{"field": path, "message": text} for path, text in _flat(exc.detail)]
    return _answer(HTTPStatus.BAD_REQUEST, _summary(found), slug="invalid", errors=found)


def _summary(found: list[dict[str, str]]) -> str:
    return " ".join(f"{entry['field']}: {entry['message']}" if entry["field"] else entry["message"] for entry in found)


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            part = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(filter(None, [path, part])))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner, path)
    else:
        yield path, str(detail)


def _api_exception(exc: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    wait = getattr(exc, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(math.ceil(wait))
    members = dict(getattr(exc, "members", {}))
    return _answer(exc.status_code, str(exc.detail), slug=getattr(exc, "slug", ""), headers=headers, **members)


def _no_process(exc: Exception) -> Response:
    return _answer(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("Es ist noch kein Prozessdokument geladen."),
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


def _bad_document(exc: BadDocument) -> Response:
    found = [
        {"field": "text", "line": problem.line, "path": problem.path, "message": problem.message}
        for problem in exc.problems
    ]
    return _answer(HTTPStatus.BAD_REQUEST, _("Der Text hat Fehler."), slug="invalid", errors=found)


def _not_found(exc: Exception) -> Response:
    return _answer(HTTPStatus.NOT_FOUND, _("Das gibt es hier nicht, oder Sie dürfen es nicht sehen."))


_TRANSLATIONS: list[tuple[tuple[type[Exception], ...], Callable[[Any], Response]]] = [
    ((WrongState,), _wrong_state),
    ((Stale,), _stale),
    ((Conflict,), lambda exc: _stale(Stale(exc, required=False))),
    ((Invalid, BadEntry), lambda exc: _invalid(exc.errors)),
    ((Forbidden,), lambda exc: _answer(HTTPStatus.FORBIDDEN, exc.reason, verb=_outside_verb(exc.verb))),
    ((NotFound, Http404), _not_found),
    ((PermissionDenied,), lambda exc: _answer(HTTPStatus.FORBIDDEN, _("Dafür fehlt Ihnen die Berechtigung."))),
    ((exceptions.ValidationError,), _bad_request),
    ((exceptions.APIException,), _api_exception),
    ((RequestDataTooBig,), lambda exc: _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("Der Inhalt ist zu gross."))),
    ((SuspiciousOperation,), lambda exc: _answer(HTTPStatus.BAD_REQUEST, _("Die Anfrage ist nicht lesbar."))),
    ((NoProcess,), _no_process),
    ((BadDocument,), _bad_document),
]
