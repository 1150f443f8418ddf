"""Mails about the status page, asked for and ended without a login. No cookie stands behind these forms, so nobody
else's browser can be made to send them with more rights than a stranger has: they need no CSRF token.
"""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from console.door import number_in
from console.public import known_page, spoken
from core.clock import now
from core.text import clean
from lifecycle import subscriptions
from lifecycle.errors import Invalid, NotFound
from statuspage import rendering
from statuspage.selectors import active_components, pages

door = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@csrf_exempt
@door
def subscribe(request: HttpRequest, slug: str, language: str = "") -> HttpResponse:
    """Asks for an address. The answer does not say whether it is known."""
    page, language = known_page(slug), language or spoken(request)
    email = clean(request.POST.get("email", ""), limit=300)
    chosen = {pk for text in request.POST.getlist("components") if (pk := number_in(text)) is not None}
    context = {"components": active_components(page), "email": email, "chosen": chosen}
    if request.method != "POST":
        return HttpResponse(rendering.mails(page, "subscribe", language, **context))
    if not ratelimit.consume(request, action="status_subscribe"):
        return HttpResponse(rendering.mails(page, "subscribe", language, too_often=True, **context), status=429)
    try:
        subscriptions.ask(slug, email=email, language=language, components=chosen, now=now())
    except Invalid as problem:
        text = rendering.mails(page, "subscribe", language, errors=problem.errors["email"], **context)
        return HttpResponse(text, status=422)
    return HttpResponse(rendering.mails(page, "subscribe", language, is_sent=True, **context))


@never_cache
@csrf_exempt
@door
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button: mail programs open links by themselves. POST confirms."""
    try:
        found = subscriptions.asked_for(token, now=now())
        if request.method == "POST":
            found = subscriptions.confirm(token, now=now())
    except NotFound as error:
        raise Http404(token) from error
    is_done = request.method == "POST" or found.confirmed_at is not None
    return _quiet(rendering.mails(found.page, "confirm", found.language, is_done=is_done))


@never_cache
@csrf_exempt
@door
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button; POST ends the mails, sent by it or by a mail program (RFC 8058)."""
    try:
        page = subscriptions.page_left_by(token) or next(iter(pages()), None)
        if request.method == "POST":
            subscriptions.unsubscribe(token, now=now())
    except NotFound as error:
        raise Http404(token) from error
    if page is None:
        raise Http404(token)
    return _quiet(rendering.mails(page, "unsubscribe", spoken(request), is_done=request.method == "POST"))


def _quiet(text: str) -> HttpResponse:
    """The address holds a token: no other site hears of it."""
    return HttpResponse(text, headers={"Referrer-Policy": "no-referrer"})
