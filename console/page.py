"""Answers with a whole page, or with the fragment a live region or dialog asked for: one markup, two doors."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.shortcuts import redirect as django_redirect
from django.utils.cache import patch_vary_headers


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    fragments: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Renders `template`, or the fragment named after the element HTMX wants to fill.

    A fragment carries an ETag, so a region that polls gets 304 while nothing changed. Fragments that poll hold no CSRF
    token (it differs in each rendering); their buttons name a form outside by its id.
    """
    target = str(request.headers.get("HX-Target", "")) if request.headers.get("HX-Request") else ""
    fragment = (fragments or {}).get(target)
    response = render(request, fragment or template, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    response["Cache-Control"] = "private, no-cache"
    return _unless_known(request, response) if fragment and request.method == "GET" else response


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    tag = f'"{blake2b(response.content, digest_size=10).hexdigest()}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    response["ETag"] = tag
    return response


def redirect(request: HttpRequest, to: str) -> HttpResponse:
    """Sends the browser on after a POST; a dialog is told by header, because fetch would follow unseen."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return django_redirect(to)
