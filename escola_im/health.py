"""Is the process alive, and can the product do its work? For load balancers, container health checks and people."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.clock import now as current_time
from core.models import Pulse

log = structlog.get_logger("escola_im.health")
BROKER_PATIENCE_S = 1
LONGEST_SILENCE_S = {"worker": 45, "sweeper": 45}


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Alive: this process answers. Asks nobody else, so a dead database restarts no container."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: database, broker, a worker's round trip and the sweeper all answer. 200, or 503 with the reasons."""
    checks = {"database": _timed(_database), "broker": _timed(_broker)}
    pulses = _pulses(current_time()) if checks["database"]["ok"] else {}
    for name in LONGEST_SILENCE_S:
        checks[name] = pulses.get(name, {"ok": False, "error": "no sign of life yet"})
    ready = all(check["ok"] for check in checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    response = JsonResponse(body, status=200 if ready else 503)
    if not ready:
        response["Retry-After"] = "5"
    return response


def pulse_state(name: str, at: datetime, now: datetime) -> dict[str, Any]:
    """How long ago something showed a sign of life, and whether that is recent enough. Age in seconds."""
    age = (now - at).total_seconds()
    return {"ok": age <= LONGEST_SILENCE_S[name], "age_s": round(age, 1)}


def _pulses(now: datetime) -> dict[str, dict[str, Any]]:
    rows = Pulse.objects.filter(name__in=LONGEST_SILENCE_S)
    return {row.name: pulse_state(row.name, row.at, now) for row in rows}


def _timed(check: Callable[[], None]) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        check()
    except (DatabaseError, redis.RedisError) as error:
        log.warning("not ready", check=check.__name__, error=str(error))
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True, "ms": round((time.perf_counter() - started) * 1000, 1)}


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    with redis.from_url(
        settings.REDIS_URL, socket_timeout=BROKER_PATIENCE_S, socket_connect_timeout=BROKER_PATIENCE_S
    ) as client:
        client.ping()
