"""A company and the programs that call its API, each with a key of its own."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from core.actors import SYSTEM
from directory.keys import create_key
from directory.models import Person
from tests import company as staff
from tests.company import Company

ROOT = "/api/v1/"
founding, company, document = staff.founding, staff.company, staff.document


class Program:
    """Something that calls the API with a key."""

    def __init__(self, key: str) -> None:
        self.http = Client(headers={"Authorization": f"Bearer {key}"}) if key else Client()

    def get(self, path: str, **headers: str) -> Any:
        """GET below /api/v1/, or of an absolute address from `next`."""
        return self.http.get(path if "://" in path else ROOT + path, headers=_named(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST of a JSON body."""
        raw = json.dumps({} if body is None else body)
        return self.http.post(ROOT + path, raw, content_type="application/json", headers=_named(headers))

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """PATCH of a JSON body."""
        raw = json.dumps(body)
        return self.http.patch(ROOT + path, raw, content_type="application/json", headers=_named(headers))

    def raw(self, path: str, body: bytes, content_type: str = "application/json") -> Any:
        """POST of bytes as they are."""
        return self.http.generic("POST", ROOT + path, body, content_type=content_type)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


class Programs:
    """A program per person: `programs.support`, or with scopes of one's own `programs.of("dev", "incidents:read")`."""

    def __init__(self, company: Company) -> None:
        self.company = company

    def of(self, username: str, *scopes: str, expires_at: datetime | None = None) -> Program:
        """A program with a new key of that person."""
        owner: Person = self.company.people[username]
        _key, plain = create_key(
            owner=owner, name="test", scopes=scopes or ["*"], expires_at=expires_at, actor=SYSTEM, now=self.company.now
        )
        return Program(plain)

    def __getattr__(self, name: str) -> Program:
        if name.startswith("_"):
            raise AttributeError(name)
        program = self.of(name)
        setattr(self, name, program)
        return program


@pytest.fixture
def programs(company: Company) -> Programs:
    """Programs of everybody in the company."""
    return Programs(company)


@pytest.fixture
def clock(tmp_path: Path, settings: Settings, now: datetime) -> Path:
    """The file that holds the instant all doors read."""
    file = tmp_path / "clock"
    file.write_text(now.isoformat())
    settings.CLOCK_FILE = file
    return file


@pytest.fixture(autouse=True)
def _doors_open_at_the_tests_instant(clock: Path) -> None:
    cache.clear()
