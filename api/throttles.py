"""So many requests per key and minute, counted in Redis. A Redis that is down lets everybody through: work first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils.functional import cached_property
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from api.moment import moment
from directory.models import ApiKey

if TYPE_CHECKING:  # the view module itself loads this one
    from rest_framework.views import APIView

BLIND_S = 10.0


class PerKey(BaseThrottle):
    """A counter per key (or logged-in person) and fixed window; two round trips, whatever the limit."""

    _blind_until = 0.0  # monotonic seconds; keeps an unreachable Redis from costing every request a timeout

    @cached_property
    def limit(self) -> tuple[int, int]:
        """Requests and window in seconds, from DEFAULT_THROTTLE_RATES."""
        rate = api_settings.DEFAULT_THROTTLE_RATES["key"]
        count, window = SimpleRateThrottle.parse_rate(self, rate)  # type: ignore[arg-type]
        return count or 0, window or 60

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether this request is within the limit."""
        if time.monotonic() < PerKey._blind_until:
            return True
        count, window = self.limit
        seconds = moment(request).timestamp()
        self.seconds_left = window - seconds % window
        try:
            return self._count(f"throttle:{self._who(request)}:{int(seconds // window)}", window) <= count
        except (RedisError, OSError, ValueError):  # ValueError: emptied between the two round trips
            PerKey._blind_until = time.monotonic() + BLIND_S
            return True

    def wait(self) -> float:
        """Seconds until the next window."""
        return self.seconds_left

    def _who(self, request: Request) -> str:
        if isinstance(request.auth, ApiKey):
            return f"key:{request.auth.pk}"
        return f"person:{request.user.pk}"

    def _count(self, name: str, window: int) -> int:
        cache.add(name, 0, timeout=2 * window)
        return cache.incr(name)
