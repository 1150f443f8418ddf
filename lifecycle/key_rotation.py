"""What is encrypted anew when the first of FIELD_KEYS is another one: rows and files, in batches.

Nothing remembers how far it came: what the first key opens is done. So a run that was killed is simply run again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import QuerySet

from core.secrets import (
    SecretUnreadable,
    decrypt,
    decrypt_bytes,
    encrypt_bytes,
    is_current,
    renew,
)
from lifecycle.personal.map import Column, Holds, columns
from privacy.models import Evidence, Withheld

BATCH = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """A kind of secret: how many the first key opens, how many only another one, and how many none."""

    place: str
    current: int = 0
    old: int = 0
    lost: int = 0


def standings() -> list[Standing]:
    """How far the rotation is; changes nothing."""
    return [*(_rows(column, renews=False) for column in columns(Holds.SEALED)), _files(renews=False)]


def rotate() -> Iterator[Standing]:
    """Encrypts everything with the first key; yields per place what was found there before."""
    for column in columns(Holds.SEALED):
        yield _rows(column, renews=True)
    yield _files(renews=True)


def _rows(column: Column, *, renews: bool) -> Standing:
    manager = apps.get_model(column.model)._default_manager
    counted = {"current": 0, "old": 0, "lost": 0}
    last = 0
    while True:
        with transaction.atomic():
            _may_renew()
            rows: Any = manager.filter(pk__gt=last).exclude(**{column.field: ""}).order_by("pk")
            batch = list((rows.select_for_update() if renews else rows).only("pk", column.field)[:BATCH])
            for row in batch:
                token = getattr(row, column.field)
                kind = _kind(token)
                counted[kind] += 1
                if renews and kind == "old":
                    manager.filter(pk=row.pk).update(**{column.field: renew(token)})
        if not batch:
            return Standing(f"{column.model}.{column.field}", **counted)
        last = batch[-1].pk


def _may_renew() -> None:
    """Lets this transaction encrypt anew what the database refuses to change otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL escola.rotate_keys = 'on'")


def _kind(token: str) -> str:
    if is_current(token.encode()):
        return "current"
    try:
        decrypt(token)
    except SecretUnreadable:
        return "lost"
    return "old"


def _files(*, renews: bool) -> Standing:
    """Files of confidential cases. Each is replaced in one step: a crash leaves the old one or the new one."""
    counted = {"current": 0, "old": 0, "lost": 0}
    withheld = Withheld.objects.filter(place=Withheld.Place.ATTACHMENT, returned_at=None).order_by("pk")
    places: list[tuple[QuerySet[Any], Callable[[Any], str]]] = [
        (withheld, lambda row: str(json.loads(decrypt(row.sealed))["stored_name"])),
        (Evidence.objects.exclude(file="").order_by("pk"), lambda row: str(row.file)),
    ]
    for rows, name_of in places:
        for pk in list(rows.values_list("pk", flat=True)):
            with transaction.atomic():
                row = rows.select_for_update().filter(pk=pk).first()  # it may have gone back meanwhile
                if row is not None:
                    counted[_file(row, name_of, renews=renews)] += 1
    return Standing("files", **counted)


def _file(row: Any, name_of: Callable[[Any], str], *, renews: bool) -> str:
    try:
        name = name_of(row)
        with default_storage.open(name) as stored:
            sealed = stored.read()
        if is_current(sealed):
            return "current"
        content = decrypt_bytes(sealed)
    except (SecretUnreadable, FileNotFoundError):
        return "lost"
    if renews:
        _replace(name, encrypt_bytes(content))
    return "old"


def _replace(name: str, content: bytes) -> None:
    path = default_storage.path(name)
    beside = f"{path}.new"
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
