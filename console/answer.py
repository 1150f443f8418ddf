"""The page behind the link of a call: one button, and what became of the call. The only room without a login."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.clock import now
from lifecycle import answering, drills, privacy_answer
from lifecycle.errors import Forbidden, NotFound


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the call and changes nothing: mail programs fetch links by themselves. POST answers it."""
    try:
        drill = drills.look_up(token, now=now())
        if drill is not None:
            return _drill(request, drill, token)
        case = privacy_answer.look_up(token, now=now())
        if case is not None:
            return _case(request, case, token)
        if request.method == "POST":
            answering.answer(token, now=now())
            return redirect(request.path)
        asked = answering.look_up(token, now=now())
    except (NotFound, Forbidden) as error:
        raise Http404(str(error)) from error
    with translation.override("en" if asked.message.language == "en" else "de-ch"):
        return render(request, "console/answer.html", {"asked": asked})


def _drill(request: HttpRequest, asked: drills.Asked, token: str) -> HttpResponse:
    if request.method == "POST":
        drills.answer(token, now=now())
        return redirect(request.path)
    with translation.override("en" if asked.message.language == "en" else "de-ch"):
        return render(request, "console/answer_drill.html", {"asked": asked})


def _case(request: HttpRequest, asked: privacy_answer.Asked, token: str) -> HttpResponse:
    if request.method == "POST":
        privacy_answer.answer(token, now=now())
        return redirect(request.path)
    with translation.override("en" if asked.message.language == "en" else "de-ch"):
        return render(request, "console/privacy/answer.html", {"asked": asked})
