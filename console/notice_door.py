"""The page behind a school's link (P-7.3): no login, a code, and then its notice for an hour in this browser alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from console.notice_words import words_in
from console.page import as_download
from core.clock import now
from core.text import clean
from lifecycle import school_door
from lifecycle.breach_papers import enclosed_in
from lifecycle.errors import Invalid, NotFound
from privacy.models import Notice
from privacy.papers.render import PdfUnavailable, to_pdf

COOKIE = "notice"
READ_FOR = timedelta(hours=1)
_signer = TimestampSigner(salt="privacy.notice.read")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET changes nothing: mail programs fetch links by themselves. POST opens, asks for a link, answers."""
    try:
        knock = school_door.knock(token, now=now())
    except NotFound as error:
        raise Http404(str(error)) from error
    found = knock.notice
    reads = _reads(request, found)
    context: dict[str, Any] = {"door": knock.door.value, "words": words_in(found.affected.language), "said": ""}
    if request.method == "POST":
        act = _INSIDE.get(request.POST.get("act", "")) if reads else _OUTSIDE.get(request.POST.get("act", ""))
        if act is not None:
            answer = act(request, token, found, context)
            if answer is not None:
                return _private(answer)
    if reads and request.GET.get("paper", "").isdecimal():
        return _private(_paper(found, int(request.GET["paper"][:3])))
    return _private(_page(request, found, context, reads=reads))


def _paper(found: Notice, at: int) -> HttpResponseBase:
    """The notice (0) or one of the reports that go with it, as PDF; where none can be drawn the page prints itself."""
    enclosed = enclosed_in(found)
    papers = (enclosed.notice, *enclosed.reports)
    if at >= len(papers):
        raise Http404
    try:
        pdf = to_pdf(papers[at])
    except PdfUnavailable as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    school_door.downloaded(found, now=now())
    return as_download(pdf, f"{papers[at].form}-{papers[at].case_number}.pdf", "application/pdf")


def _page(request: HttpRequest, found: Notice, context: dict[str, Any], *, reads: bool) -> HttpResponse:
    context |= {"language": found.affected.language, "reads": reads}
    if reads:
        context |= {"notice": found, "affected": found.affected, "enclosed": enclosed_in(found)}
    return render(request, "console/privacy/notice.html", context, status=422 if context.get("error") else 200)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """No search engine keeps it. The referrer stays the product's `same-origin`: with `no-referrer` browsers send forms
    from nowhere, and every code would be refused as forged."""
    response["X-Robots-Tag"] = "noindex"
    return response


def _reads(request: HttpRequest, found: Notice) -> bool:
    """Whether this browser opened this notice with its code less than an hour ago."""
    try:
        return _signer.unsign(request.COOKIES.get(COOKIE, ""), max_age=READ_FOR) == _stamp(found)
    except BadSignature:
        return False


def _stamp(found: Notice) -> str:
    """What a browser that entered carries; another code ends it."""
    return f"{found.pk}.{salted_hmac(COOKIE, found.code).hexdigest()[:16]}"


def _enter(request: HttpRequest, token: str, found: Notice, context: dict[str, Any]) -> HttpResponse | None:
    try:
        school_door.enter(token, code=clean(request.POST.get("code", ""))[:40], now=now())
    except Invalid:
        context["error"] = context["words"]["wrong_code"]
        context["door"] = school_door.knock(token, now=now()).door.value
        return None
    response = redirect(request.path)
    response.set_cookie(
        COOKIE,
        _signer.sign(_stamp(found)),
        max_age=READ_FOR,
        path="/notice/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _ask(_request: HttpRequest, token: str, _found: Notice, context: dict[str, Any]) -> None:
    was_sent = school_door.ask_for_link(token, now=now())
    context["said"] = context["words"]["link_sent" if was_sent else "too_soon"]


def _acknowledge(request: HttpRequest, _token: str, found: Notice, context: dict[str, Any]) -> HttpResponse | None:
    try:
        school_door.acknowledge(found, name=request.POST.get("name", ""), now=now())
    except Invalid:
        context["error"] = context["words"]["name_missing"]
        return None
    return redirect(request.path)


def _report(request: HttpRequest, _token: str, found: Notice, context: dict[str, Any]) -> HttpResponse | None:
    context["typed"] = {name: clean(request.POST.get(name, ""))[:100] for name in ("report_id", "reported_at")}
    try:
        at = parse_datetime(context["typed"]["reported_at"])
        if at is None:
            raise Invalid.field("reported_at", "")
        school_door.report(
            found,
            report_id=context["typed"]["report_id"],
            reported_at=make_aware(at) if is_naive(at) else at,
            now=now(),
        )
    except (Invalid, ValueError):
        context["error"] = context["words"]["report_wrong"]
        return None
    return redirect(request.path)


_OUTSIDE = {"code": _enter, "link": _ask}
_INSIDE = {"acknowledge": _acknowledge, "report": _report}
