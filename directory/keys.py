"""Keys of programs: made once, shown once, kept only as a digest (`im_<prefix>_<secret>`)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.audit import Fact, record
from core.text import first_line
from directory.errors import BadEntry
from directory.models import ApiKey, Person

SCOPES = (
    "incidents:read",
    "incidents:write",
    "contacts:read",
    "contacts:write",
    "process:read",
    "directory:read",
    "directory:write",
    "health:read",
    "heartbeats:read",
    "heartbeats:write",
    "figures:read",
    "privacy:read",
    "privacy:write",
)
EVERYTHING = "*"
BY_NAME_ONLY = "privacy:"
"""Scopes that "everything" leaves out (P-7.5)."""
TOUCH_AFTER = timedelta(minutes=1)


def _digest(plain: str) -> str:
    return sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def create_key(
    *,
    owner: Person,
    name: str,
    scopes: Iterable[str],
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its plain text, never readable again. BadEntry: unknown scopes, past expiry, closed owner."""
    chosen = sorted(set(scopes))
    errors: dict[str, list[str]] = {}
    unknown = [scope for scope in chosen if scope not in (*SCOPES, EVERYTHING)]
    if not chosen or unknown:
        errors["scopes"] = [_("Erlaubt sind: %(scopes)s.") % {"scopes": ", ".join((*SCOPES, EVERYTHING))}]
    if expires_at is not None and expires_at <= now:
        errors["expires_at"] = [_("Das Ablaufdatum liegt in der Vergangenheit.")]
    if not owner.is_active:
        errors["owner"] = [_("Diese Person ist deaktiviert.")]
    if errors:
        raise BadEntry(errors)
    prefix = secrets.token_hex(4)
    plain = f"im_{prefix}_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        key = ApiKey.objects.create(
            owner=owner,
            name=first_line(name, limit=80) or "API",
            prefix=prefix,
            digest=_digest(plain),
            scopes=chosen,
            created_at=now,
            expires_at=expires_at,
        )
        facts = {"prefix": prefix, "scopes": chosen, "owner": owner.pk}
        record(Fact("api_key.created", "api_key", key.pk, now, actor, data=facts))
    return key, plain


@transaction.atomic
def revoke_key(key: ApiKey, *, actor: Actor, now: datetime) -> ApiKey:
    """Ends a key at once and for good; revoking twice changes nothing."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=now):
        record(Fact("api_key.revoked", "api_key", key.pk, now, actor, data={"prefix": key.prefix}))
    key.refresh_from_db(fields=["revoked_at"])
    return key


def verify_key(plain: str, *, now: datetime) -> ApiKey | None:
    """The live key with that plain text, or None. Writes `last_used_at` at most once a minute.

    Looking up a digest tells an attacker nothing about the key by its timing, so there is no comparison to guard.
    """
    if not plain.startswith("im_") or len(plain) > 100:
        return None
    key = ApiKey.objects.select_related("owner").filter(digest=_digest(plain), revoked_at__isnull=True).first()
    if key is None or not key.owner.is_active or (key.expires_at is not None and key.expires_at <= now):
        return None
    if key.last_used_at is None or now - key.last_used_at >= TOUCH_AFTER:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def covers(scopes: Iterable[str], needed: str) -> bool:
    """Whether a key's scopes allow `needed`; writing includes reading the same thing."""
    held = set(scopes)
    everything = set() if needed.startswith(BY_NAME_ONLY) else {EVERYTHING}
    return bool(held & {*everything, needed, needed.replace(":read", ":write")})
