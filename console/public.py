"""The public status page: read by anybody, without a login, a cookie or a script."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from core.clock import now
from statuspage import rendering
from statuspage.models import Page
from statuspage.selectors import Overview, notice_of, overview, page_of, pages

MAX_AGE_S = 30


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The page, where there is only one; otherwise which there are."""
    found = pages()
    if len(found) == 1:
        return _home(request, found[0])
    return _public(request, rendering.listing(found, spoken(request)))


@require_safe
def home(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """How a product is now, what goes on and what is planned."""
    return _home(request, known_page(slug), language)


@require_safe
def history(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """What was, by month."""
    return _of(request, known_page(slug), language, rendering.history)


@require_safe
def notice(request: HttpRequest, slug: str, pk: int, language: str = "") -> HttpResponse:
    """One notice, also years later."""
    page = known_page(slug)
    found = notice_of(page, pk)
    if found is None:
        raise Http404(slug)
    return _public(request, rendering.notice(page, found, language or spoken(request)))


@require_safe
def feed(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """For feed readers."""
    return _of(request, known_page(slug), language, rendering.feed, "application/atom+xml; charset=utf-8")


@require_safe
def summary(request: HttpRequest, slug: str) -> HttpResponse:
    """For programs, from any origin."""
    body = JsonResponse(rendering.summary(overview(known_page(slug), now=now())))
    response = _public(request, body.content.decode(), "application/json")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def spoken(request: HttpRequest) -> str:
    """The language somebody asked for in the address, else that of their browser: de or en."""
    asked = request.GET.get("lang", "")
    return asked if asked in rendering.LANGUAGES else get_language_from_request(request)[:2]


def _home(request: HttpRequest, page: Page, language: str = "") -> HttpResponse:
    return _of(request, page, language, rendering.home)


def _of(
    request: HttpRequest,
    page: Page,
    language: str,
    render: Callable[[Overview, str], str],
    content_type: str = "text/html; charset=utf-8",
) -> HttpResponse:
    view = overview(page, now=now())
    return _public(request, render(view, language or spoken(request)), content_type)


def known_page(slug: str) -> Page:
    """The page with that address. Raises Http404."""
    page = page_of(slug)
    if page is None:
        raise Http404(slug)
    return page


def _public(request: HttpRequest, text: str, content_type: str = "text/html; charset=utf-8") -> HttpResponse:
    """May be kept for half a minute by anybody; afterwards an unchanged page costs a 304."""
    tag = f'"{blake2b(text.encode(), digest_size=10).hexdigest()}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(text, content_type=content_type)
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={MAX_AGE_S}"
    patch_vary_headers(response, ["Accept-Language"])
    return response
