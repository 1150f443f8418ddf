"""What stands before every room: logged in, allowed, known; refusals of verbs become the pages people understand."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http.response import HttpResponseBase

from core.text import clean
from directory.models import Person
from lifecycle.access import By, may
from lifecycle.errors import Forbidden, NotFound

View = Callable[..., HttpResponseBase]
READ = ("GET", "HEAD")
WRITE = ("POST",)


class StaffRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: Person


def room(action: str | None = None, *, methods: tuple[str, ...] = (*READ, *WRITE)) -> Callable[[View], View]:
    """Lets in who is logged in and may do `action`; a script that lost its session gets 401 instead of a login page."""

    def behind(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if request.headers.get("HX-Request"):
                    return HttpResponse(status=401)
                return redirect_to_login(request.get_full_path() if request.method in READ else _origin(request))
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            if action is not None and not may(request.user, action):
                raise PermissionDenied
            try:
                _make_fit(request, kwargs)
                return view(request, *args, **kwargs)
            except NotFound as error:
                raise Http404(str(error)) from error
            except Forbidden as error:
                raise PermissionDenied(str(error)) from error

        return entered

    return behind


def _make_fit(request: HttpRequest, places: dict[str, Any]) -> None:
    if any(isinstance(place, str) and clean(place) != place for place in places.values()):
        raise NotFound(request.path)
    request.GET, request.POST = _fit(request.GET), _fit(request.POST)  # type: ignore[assignment]


def _fit(sent: QueryDict) -> QueryDict:
    """What was sent, without characters no database keeps and with one kind of line end: browsers send CRLF."""
    fit = QueryDict(mutable=True)
    for name, values in sent.lists():
        fit.setlist(clean(name), [clean(value) for value in values])
    fit._mutable = False
    return fit


def _origin(request: HttpRequest) -> str:
    """The page a lost POST came from: there the browser still holds what was typed."""
    host = f"{request.scheme}://{request.get_host()}"
    referer = request.headers.get("Referer", "")
    return referer.removeprefix(host) if referer.startswith(f"{host}/") else "/"


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None when it was only asked for. A form that sent nothing at all was still sent."""
    return request.POST if request.method == "POST" else None


def number_in(text: str) -> int | None:
    """The row a form or an address names by its key; None for what cannot be one."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def by(request: StaffRequest) -> By:
    """Who acts, as verbs want to know it."""
    return By.of(request.user, via="console")
