"""Answers with a whole page, or with the fragment a live region or dialog asked for: one markup, two doors."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect as django_redirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    fragments: Mapping[str, str] | None = None,
    status: int = 200,
    stamp: str = "",
) -> HttpResponse:
    """Renders `template`, or the fragment named after the element HTMX wants to fill.

    A fragment carries an ETag (from `stamp`, or from its text), so a region that polls gets 304 while nothing changed.
    Fragments that poll hold no CSRF token (it differs in each rendering); their buttons name a form outside by its id.
    """
    fragment = (fragments or {}).get(_wanted(request))
    response = render(request, fragment or template, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    response["Cache-Control"] = "private, no-cache"
    if fragment is None or request.method != "GET":
        return response
    tag = _tag(stamp.encode() if stamp else response.content)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    response["ETag"] = tag
    return response


def as_download(content: bytes, name: str, content_type: str = "application/octet-stream") -> FileResponse:
    """A file of somebody else's making, always as a download and never as a page of ours."""
    response = FileResponse([content], as_attachment=True, filename=name, content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def known(request: HttpRequest, stamp: str) -> HttpResponse | None:
    """304 when a live region already shows what `stamp` stands for: asked before anything expensive is read."""
    if _wanted(request) and request.headers.get("If-None-Match") == _tag(stamp.encode()):
        return HttpResponseNotModified(headers={"ETag": _tag(stamp.encode())})
    return None


def redirect(request: HttpRequest, to: str) -> HttpResponse:
    """Sends the browser on after a POST; a dialog is told by header, because fetch would follow unseen."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return django_redirect(to)


def _wanted(request: HttpRequest) -> str:
    return str(request.headers.get("HX-Target", "")) if request.headers.get("HX-Request") else ""


def _tag(content: bytes) -> str:
    return f'"{blake2b(content, digest_size=10).hexdigest()}"'
