"""API keys: shown once, kept as a digest, gone when revoked, expired or when their owner is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.actors import SYSTEM
from core.models import Event
from directory.errors import BadEntry
from directory.keys import covers, create_key, revoke_key, verify_key
from directory.models import ApiKey, Person
from directory.services import create_person, deactivate_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(now: datetime) -> Person:
    return create_person(username="dev", actor=SYSTEM, now=now)


def key_for(owner: Person, now: datetime, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    return create_key(owner=owner, name="Skript", scopes=["*"], expires_at=expires_at, actor=SYSTEM, now=now)


def test_only_a_digest_of_the_key_is_kept(owner: Person, now: datetime) -> None:
    key, plain = key_for(owner, now)

    assert plain.startswith(f"im_{key.prefix}_")
    assert plain not in str(ApiKey.objects.values().get())
    assert plain not in str(list(Event.objects.values()))
    assert verify_key(plain, now=now) == key


def test_a_changed_key_opens_nothing(owner: Person, now: datetime) -> None:
    _key, plain = key_for(owner, now)

    assert verify_key(plain[:-1], now=now) is None
    assert verify_key("", now=now) is None
    assert verify_key("im_" + "\ud800" * 20, now=now) is None
    assert verify_key("im_" + "x" * 100_000, now=now) is None


def test_a_revoked_key_opens_nothing_and_is_revoked_once(owner: Person, now: datetime) -> None:
    key, plain = key_for(owner, now)
    revoke_key(key, actor=SYSTEM, now=now)
    revoke_key(key, actor=SYSTEM, now=now + timedelta(days=1))

    assert verify_key(plain, now=now) is None
    assert key.revoked_at == now
    assert Event.objects.filter(kind="api_key.revoked").count() == 1


def test_a_key_ends_at_its_expiry(owner: Person, now: datetime) -> None:
    _key, plain = key_for(owner, now, expires_at=now + timedelta(days=1))

    assert verify_key(plain, now=now + timedelta(hours=23)) is not None
    assert verify_key(plain, now=now + timedelta(days=1)) is None


def test_the_key_of_a_closed_login_opens_nothing(owner: Person, now: datetime) -> None:
    _key, plain = key_for(owner, now)
    deactivate_person(owner, actor=SYSTEM, now=now)

    assert verify_key(plain, now=now) is None
    with pytest.raises(BadEntry):
        key_for(owner, now)


def test_last_use_is_written_at_most_once_a_minute(owner: Person, now: datetime) -> None:
    key, plain = key_for(owner, now)
    for second in (0, 30, 59):
        verify_key(plain, now=now + timedelta(seconds=second))
    key.refresh_from_db()
    assert key.last_used_at == now

    verify_key(plain, now=now + timedelta(seconds=60))
    key.refresh_from_db()
    assert key.last_used_at == now + timedelta(seconds=60)


def test_an_unknown_scope_and_a_past_expiry_are_refused_together(owner: Person, now: datetime) -> None:
    with pytest.raises(BadEntry) as refused:
        create_key(owner=owner, name="x", scopes=["everything"], expires_at=now, actor=SYSTEM, now=now)

    assert set(refused.value.errors) == {"scopes", "expires_at"}


@pytest.mark.parametrize(
    ("held", "needed", "expected"),
    [
        (["*"], "health:read", True),
        (["incidents:read"], "incidents:read", True),
        (["incidents:write"], "incidents:read", True),
        (["incidents:read"], "incidents:write", False),
        (["contacts:write"], "incidents:read", False),
        ([], "incidents:read", False),
    ],
)
def test_scopes_cover_what_they_say(held: list[str], needed: str, expected: bool) -> None:
    assert covers(held, needed) is expected
