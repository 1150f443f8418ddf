"""The instant of a request: read once at the door, the same for authentication, verb and answer."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from rest_framework.request import Request

from core import clock


def moment(request: Request | HttpRequest) -> datetime:
    """When this request came in, aware, UTC."""
    inner = request._request if isinstance(request, Request) else request
    if not hasattr(inner, "moment"):
        inner.moment = clock.now()  # type: ignore[attr-defined]
    return inner.moment  # type: ignore[attr-defined,no-any-return]
