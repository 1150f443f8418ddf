"""Keys open what they are for, as long as they live; too many requests have to wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as RedisAway

from api.throttles import PerKey
from core.actors import SYSTEM
from directory.keys import revoke_key, verify_key
from directory.models import ApiKey
from directory.services import deactivate_person
from tests.company import Company
from tests.web.api.conftest import Program, Programs

pytestmark = pytest.mark.django_db


def printed_key(*arguments: str) -> str:
    out = StringIO()
    call_command("api_key", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_key_and_nothing_else(company: Company, now: datetime) -> None:
    text = printed_key("dev")

    assert text.count("\n") == 1
    key = verify_key(text.strip(), now=now)
    assert key is not None
    assert (key.owner, key.scopes, key.expires_at) == (company.dev, ["*"], None)
    assert Program(text.strip()).get("me/").json()["username"] == "dev"


def test_the_command_takes_scopes_name_and_days(company: Company, now: datetime) -> None:
    printed_key("dev", "--scope", "incidents:read", "--scope", "health:read", "--name", "Skript", "--expires-days", "3")

    key = ApiKey.objects.get()
    assert (key.name, key.scopes) == ("Skript", ["health:read", "incidents:read"])
    assert key.expires_at == now + timedelta(days=3)


@pytest.mark.parametrize(
    "arguments", ["nobody", "dev --scope everything", "dev --expires-days 0", "dev --expires-days many"]
)
def test_the_command_refuses_in_one_sentence(company: Company, arguments: str) -> None:
    with pytest.raises(CommandError):
        printed_key(*arguments.split())

    assert not ApiKey.objects.exists()


def test_the_command_makes_no_key_for_a_closed_login(company: Company, now: datetime) -> None:
    deactivate_person(company.dev, actor=SYSTEM, now=now)

    with pytest.raises(CommandError, match="deaktiviert"):
        printed_key("dev")


SCOPE_CASES = [
    ("incidents:read", "get", "incidents/", 200),
    ("incidents:read", "post", "incidents/", 403),
    ("incidents:write", "get", "incidents/", 200),
    ("incidents:write", "post", "incidents/", 400),
    ("incidents:write", "get", "contacts/", 403),
    ("contacts:read", "get", "contacts/", 200),
    ("contacts:read", "post", "contacts/", 403),
    ("directory:read", "get", "people/", 200),
    ("directory:read", "get", "process/current/", 403),
    ("process:read", "get", "process/current/", 200),
    ("process:read", "get", "teams/", 403),
    ("health:read", "get", "me/", 200),
    ("health:read", "get", "health/", 200),
    ("incidents:read", "get", "health/", 403),
    ("*", "post", "contacts/", 400),
]


def test_a_key_opens_what_its_scope_says(programs: Programs) -> None:
    for scope, method, path, expected in SCOPE_CASES:
        response = getattr(programs.of("support", scope), method)(path)

        assert (scope, path, response.status_code) == (scope, path, expected)


def test_a_refusal_names_the_scope_that_is_missing(programs: Programs) -> None:
    response = programs.of("support", "incidents:read").post("contacts/", {})

    assert "contacts:write" in response.json()["detail"]


def refused(program: Program) -> None:
    response = program.get("me/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="Escola IM"'


def test_an_expired_key_is_401(programs: Programs, clock: Path, now: datetime) -> None:
    program = programs.of("dev", expires_at=now + timedelta(hours=1))
    assert program.get("me/").status_code == 200

    clock.write_text((now + timedelta(hours=1)).isoformat())

    refused(program)


def test_a_revoked_key_is_401_from_the_next_request_on(programs: Programs, now: datetime) -> None:
    program = programs.of("dev")
    assert program.get("me/").status_code == 200

    revoke_key(ApiKey.objects.get(), actor=SYSTEM, now=now)

    refused(program)


def test_the_key_of_a_closed_login_is_401(programs: Programs, company: Company, now: datetime) -> None:
    program = programs.of("dev")
    deactivate_person(company.dev, actor=SYSTEM, now=now)

    refused(program)


def test_a_wrong_header_is_401(company: Company) -> None:
    for header in ("Bearer", "Bearer im_wrong", "bearer im_" + "x" * 5000, "Bearer \xff", "Token im_x", "x"):
        program = Program("")
        program.http.defaults["HTTP_AUTHORIZATION"] = header

        refused(program)


def test_me_says_what_the_key_and_the_roles_allow(programs: Programs) -> None:
    me = programs.of("dev", "incidents:read").get("me/").json()

    assert (me["username"], me["roles"], me["scopes"]) == ("dev", ["development"], ["incidents:read"])
    assert "set-priority" in me["actions"]
    assert me["key"]["name"] == "test"
    assert "im_" not in str(me)


def test_too_many_requests_are_429_until_the_next_window(
    programs: Programs, clock: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PerKey, "limit", (3, 60))
    one, other = programs.of("dev"), programs.of("dev")

    answers = [one.get("me/") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3]["Content-Type"] == "application/problem+json"
    assert 0 < int(answers[3]["Retry-After"]) <= 60
    assert other.get("me/").status_code == 200
    clock.write_text((now + timedelta(seconds=int(answers[3]["Retry-After"]))).isoformat())
    assert one.get("me/").status_code == 200


def test_redis_being_away_stops_nobody(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PerKey, "_blind_until", 0.0)
    asked: list[str] = []

    def away(name: str, *args: Any, **kwargs: Any) -> None:
        asked.append(name)
        raise RedisAway

    monkeypatch.setattr(cache, "add", away)

    assert [programs.dev.get("me/").status_code for _ in range(3)] == [200, 200, 200]
    assert len(asked) == 1


def test_a_request_costs_two_queries_to_know_who_calls(programs: Programs) -> None:
    program = programs.of("dev")
    program.get("me/")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        program.get("me/")

    assert len(queries) == 2
