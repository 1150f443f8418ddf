"""The ping address of a heartbeat: /ping/<key>[/start|/fail|/log|/<exit status>]. Any client can call it: curl, wget.

What it needs is decided before the database is asked; then one transaction keeps the ping and moves the heartbeat.
"""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from core import clock
from core.text import clean
from heartbeats.rules.beats import Action
from lifecycle import heartbeats
from lifecycle.heartbeats import Said, TooOften

BODY_MAX = 10_000
METHODS = ("GET", "HEAD", "POST")
ACTIONS = {"": Action.SUCCESS, "start": Action.START, "fail": Action.FAIL, "log": Action.LOG}


@csrf_exempt
def ping(request: HttpRequest, key: uuid.UUID, what: str = "") -> HttpResponse:
    """Takes a ping. 200 means that it is committed; 404 an address nobody knows, 429 too many in a minute."""
    if request.method not in METHODS:
        return _answer("Send GET, HEAD or POST.", 405, Allow=", ".join(METHODS))
    exit_status = int(what) if what.isascii() and what.isdigit() else None
    if what not in ACTIONS and (exit_status is None or exit_status > 255):
        return _answer("not found", 404)
    action = ACTIONS.get(what) or (Action.FAIL if exit_status else Action.SUCCESS)
    run = _run_id(request.GET.get("rid", ""))
    if run is None:
        return _answer("rid must be a UUID", 400)
    try:
        body = request.read(BODY_MAX + 1)
    except (UnreadablePostError, OSError):
        return _answer("the body broke off", 400)
    said = Said(
        action=action,
        method=request.method,
        run=run,
        exit_status=exit_status,
        agent=clean(request.headers.get("User-Agent", ""), limit=120),
        body=clean(body[:BODY_MAX].decode("utf-8", "replace")),
        is_cut=len(body) > BODY_MAX,
    )
    try:
        is_known = heartbeats.ping(key, said, now=clock.now())
    except TooOften as often:
        return _answer("rate limited", 429, **{"Retry-After": str(often.wait_s)})
    return _answer("OK", 200) if is_known else _answer("not found", 404)


def _run_id(given: str) -> str | None:
    """The canonical form of a run id, "" without one, None for what is none."""
    if not given:
        return ""
    try:
        return str(uuid.UUID(given))
    except ValueError:
        return None


def _answer(text: str, status: int, **headers: str) -> HttpResponse:
    """Plain text; never kept by a cache, or the next ping would not arrive."""
    headers = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", **headers}
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=headers)
