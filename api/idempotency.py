"""`Idempotency-Key`: the same POST sent twice has its effect once and gets the same answer twice.

The key's row is inserted in the transaction of the effect. A parallel request with the same key waits at the unique
index until that transaction ends: then it finds the answer, or, after a failure, has the effect itself. Only successes
are remembered; an error had no effect, so the same key may be tried again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, connection, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Clash
from api.models import IdempotencyKey
from api.moment import moment

HEADER = "Idempotency-Key"
KEEP = timedelta(hours=48)
KEPT_HEADERS = ("ETag", "Location")
TIDY_EVERY = 100
_FIT = re.compile(r"[\x21-\x7e]{1,255}")


def once(request: Request, effect: Callable[[], Response]) -> Response:
    """Runs `effect`, or answers as it was answered before under the same key (then with `Idempotency-Replayed`)."""
    key = request.headers.get(HEADER)
    if key is None:
        return effect()
    if not _FIT.fullmatch(key):
        raise ValidationError({HEADER: [_("Erlaubt sind 1 bis 255 sichtbare ASCII-Zeichen.")]})
    digest = _digest(request)
    with transaction.atomic():
        row = _claim(request, key, digest)
        return _replayed(row, digest) if row.status else _remembered(row, effect())


def _claim(request: Request, key: str, digest: str) -> IdempotencyKey:
    now = moment(request)
    owner = request.user.pk
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO api_idempotencykey (owner_id, key, path, digest, headers, created_at)"
                " VALUES (%s, %s, %s, %s, '{}', %s) ON CONFLICT (owner_id, key) DO NOTHING RETURNING id",
                [owner, key, request.path[:300], digest, now],
            )
            created = cursor.fetchone()
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise _still_running() from None
    if created and created[0] % TIDY_EVERY == 0:
        forget(before=now - KEEP)
    row = IdempotencyKey.objects.filter(owner=owner, key=key).first()
    if row is None:  # tidied away between the two statements
        raise _still_running()
    return row


def _still_running() -> Clash:
    text = _("Eine Anfrage mit diesem Schlüssel läuft noch.")
    return Clash("idempotency-in-progress", text, retry_after_s=1)


def forget(*, before: datetime) -> int:
    """Deletes answers older than `before`, in small steps so that nobody waits; returns how many."""
    old = IdempotencyKey.objects.filter(created_at__lt=before).order_by("created_at")
    batch = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:1000])
    return IdempotencyKey.objects.filter(pk__in=batch).delete()[0]


def _digest(request: Request) -> str:
    parts: dict[str, Any] = {"path": request.path, "method": request.method, "body": request.data}
    if isinstance(request.data, QueryDict):
        parts["body"] = {name: [_plain(value) for value in values] for name, values in request.data.lists()}
    return sha256(json.dumps(parts, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    content = sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return [value.name, content.hexdigest()]


def _remembered(row: IdempotencyKey, response: Response) -> Response:
    row.status = response.status_code
    row.body = json.loads(JSONRenderer().render(response.data) or b"null")
    row.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    row.save(update_fields=["status", "body", "headers"])
    return response


def _replayed(row: IdempotencyKey, digest: str) -> Response:
    if row.digest != digest:
        raise Clash("idempotency-key-reused", _("Dieser Schlüssel gehört schon zu einer anderen Anfrage."))
    return Response(row.body, status=row.status, headers={**row.headers, "Idempotency-Replayed": "true"})
