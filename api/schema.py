"""The API's own description: OpenAPI 3.1 with what every operation shares, and a page to browse and try it."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457). Further members depend on `type`.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "verb": {"type": "string", "description": "Of a refused verb."},
        "state": {"type": "string", "description": "Status the incident is in (wrong-state)."},
        "allowed": {"type": "array", "items": {"type": "string"}, "description": "Statuses in which the verb exists."},
        "allowed_verbs": {"type": "array", "items": {"type": "string"}},
        "yours": {"type": "integer", "description": "Version the change was made against (stale-version)."},
        "theirs": {"type": "integer", "description": "Version the record is at."},
        "fields": {"type": "object", "description": "Field → {yours, theirs}.", "additionalProperties": True},
    },
    "examples": [
        {
            "type": "urn:escola-im:problem:wrong-state",
            "title": "Conflict",
            "status": 409,
            "detail": "«start» geht nicht im Status «closed».",
            "verb": "start",
            "state": "closed",
            "allowed": ["new"],
            "allowed_verbs": ["comment", "note", "link", "unlink", "feedback"],
        }
    ],
}
EVERYWHERE = {
    "400": "Wrong or unknown field or parameter; `errors` names each.",
    "401": "No valid key.",
    "403": "The key's scopes or the person's roles do not allow this.",
    "404": "No such record, or none the caller may know of.",
    "429": "Too many requests; see Retry-After.",
    "503": "An engine is away; see Retry-After.",
}
ON_WRITE = {
    "409": "Wrong state, stale version, or a key used for another request.",
    "412": "The condition of If-Match does not hold.",
    "413": "The body is too large.",
    "415": "The body is no JSON (or, for files, no multipart).",
}


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": {"type": "string"}}


IDEMPOTENCY = _header("Idempotency-Key", "Your own unique text: sent again, the request has its effect once.")
IDEMPOTENCY["schema"] = {"type": "string", "pattern": "^[!-~]{1,255}$"}
IF_MATCH = _header("If-Match", "ETag the change was made against; 412 when the record moved on.")
IF_MATCH["schema"] = {"type": "string", "pattern": '^("[0-9]{1,9}"|\\*)$'}
BESIDE_THE_RECORD = ("/events/", "/attachments/", "/ladders/", "/duties/")
IF_NONE_MATCH = _header("If-None-Match", "ETag you have; 304 when it is still the present one.")


def add_common(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Adds to every operation the problems it can answer with and the headers it understands."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _add_headers(operation, method, path)
            problems = EVERYWHERE | (ON_WRITE if method in ("post", "put", "patch", "delete") else {})
            for status, description in problems.items():
                operation["responses"].setdefault(status, _problem(description))
    return result


def _problem(description: str) -> dict[str, Any]:
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": description, "content": {"application/problem+json": reference}}


def _add_headers(operation: dict[str, Any], method: str, path: str) -> None:
    has_version = "{number}" in path and not path.endswith(BESIDE_THE_RECORD) and "process" not in path
    parameters = operation.setdefault("parameters", [])
    if method == "post" and not path.endswith(("/simulate/", "/sla/preview/", "/sla/what-if/")):
        parameters.append(IDEMPOTENCY)
    if method in ("post", "put", "patch") and has_version:
        parameters.append(IF_MATCH)
    if method == "get" and path.endswith("{number}/") and has_version:
        parameters.append(IF_NONE_MATCH)
        operation["responses"]["304"] = {"description": "You have the present version."}


@lru_cache(maxsize=4)
def document(language: str) -> bytes:
    """The schema as JSON; it is the same until the next release, so each process makes it once per language."""
    result = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(result, ensure_ascii=False).encode()


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """`schema/`: OpenAPI 3.1, for everybody who can reach this server; it holds no data."""
    return HttpResponse(document(get_language() or ""), content_type="application/vnd.oai.openapi+json;version=3.1")


class Docs(SpectacularSwaggerSplitView):
    """`docs/`: Swagger UI from our own server, scripts apart from the page so that the strict CSP holds."""

    url_name = "api:schema"
    template_name = "api/docs.html"
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes: list[Any] = []


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes keys."""

    target_class = "api.auth.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Bearer, with what a key looks like."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "im_<prefix>_<secret>"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes the console's session."""

    target_class = "api.auth.ConsoleSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The session cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
