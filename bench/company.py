"""The company every benchmark database begins with: people in every role, schools, sources, one login and API keys."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from bench.baseline.models import TABLE
from core.actors import SYSTEM
from core.clock import now
from directory.models import Person, RoleHolding, School, Team
from directory.services import create_key
from integrations.services import create_source
from lifecycle.process_change import load_process
from process.loader import default_text

SECRET = "bench-secret-0123456789-0123456789"  # noqa: S105 -- of databases that live for minutes
ROLES = {
    "support": ("support", 6),
    "development": ("development", 6),
    "head_of_development": ("head-of-development", 1),
    "dpo": ("", 1),
    "it_manager": ("", 1),
    "project_manager": ("project-manager", 3),
    "executive_board": ("executive-board", 2),
}
CANTONS = ("ZH", "BE", "VD", "SG", "GE", "LU")


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the product's doors."""

    cookie: str
    api: str


def found() -> Keys:
    """Fills the template database; the session and the API key open every copy of it."""
    instant = now()
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    load_process(text=default_text(), by_actor=SYSTEM, now=instant)
    for role, (team, size) in ROLES.items():
        people = [_person(f"{role}{number}", role, number) for number in range(size)]
        if team:
            Team.objects.create(key=team, name_de=role.title(), name_en=role.title(), role=role).members.set(people)
    for number in range(30):
        School.objects.create(name=f"Schule Musterwil {number}", canton=CANTONS[number % len(CANTONS)])
    for name in ("main", "second"):
        create_source(kind="sentry", name=name, secret=SECRET, actor=SYSTEM, now=instant)
    agent = Person.objects.get(username="support0")
    _key, plain = create_key(owner=agent, name="bench", scopes=["*"], actor=SYSTEM, now=instant)
    return Keys(_logged_in(agent), plain)


def _person(username: str, role: str, rank: int) -> Person:
    person = Person(
        username=username, first_name=role.title(), last_name=f"Muster {rank}", email=f"{username}@escola.example"
    )
    person.set_unusable_password()
    person.save()
    RoleHolding.objects.create(person=person, role=role, rank=rank)
    return person


def _logged_in(person: Person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)
