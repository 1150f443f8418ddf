"""The company tests play in: one or two people per role, two schools, the shipped process document."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from core.actors import SYSTEM
from core.models import Event
from core.said import with_words
from directory.models import Module, Person, RoleHolding, School, Team
from incidents.models import Incident
from lifecycle.access import By
from lifecycle.intake import IncidentDraft, open_incident
from lifecycle.process_change import load_process
from process.loader import default_text
from process.schema import Document
from process.selectors import current_document
from tests.conftest import MONDAY_MORNING

PEOPLE = {
    "support": ("Sina Muster", "support"),
    "support2": ("Silas Beispiel", "support"),
    "dev": ("Devi Erfunden", "development"),
    "dev2": ("Dario Erdacht", "development"),
    "lead": ("Lea Leitung", "head_of_development"),
    "dpo": ("Dora Schutz", "dpo"),
    "it": ("Ivo Technik", "it_manager"),
    "pm": ("Pia Projekt", "project_manager"),
    "board": ("Bea Geschäft", "executive_board"),
}
TEAMS = {
    "support": "Support",
    "development": "Entwicklung",
    "head_of_development": "Leitung Entwicklung",
    "project_manager": "Projektmanagement",
    "executive_board": "Geschäftsleitung",
}


@dataclass
class Company:
    """Everybody by name, and shortcuts that read like sentences."""

    people: dict[str, Person]
    now: datetime

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def by(self, name: str, via: str = "console") -> By:
        """Somebody acting."""
        return By.of(self.people[name], via=via)

    def incident(self, *, by: str = "support", now: datetime | None = None, **facts: Any) -> Incident:
        """An incident recorded from a phone call; medium unless told otherwise."""
        draft = {
            "channel": "phone",
            "symptom": "Noten lassen sich nicht speichern",
            "category": "software",
            "urgency": "medium",
            "impact": "medium",
            **facts,
        }
        return open_incident(IncidentDraft(**draft), by=self.by(by), now=now or self.now)


def spoken(event: Event) -> dict[str, Any]:
    """The facts of an event, with the words people typed put back."""
    facts: dict[str, Any] = with_words([event])[0].data
    return facts


@pytest.fixture(scope="session")
def founding(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """The rows of a founded company by table, as PostgreSQL's COPY writes them.

    Founded once by the services and taken back: every test copies the rows, for founding took a tenth of a second.
    """
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    with django_db_blocker.unblock(), transaction.atomic():
        before = {table: _rows(table) for table in tables}
        _found(MONDAY_MORNING)
        after = {table: rows for table in tables if (rows := _rows(table)) != before[table]}
        transaction.set_rollback(True)
    assert not any(before[table] for table in after)
    return after


def _found(now: datetime) -> None:
    load_process(text=default_text(), by_actor=SYSTEM, now=now)
    people = {}
    for rank, (username, (name, role)) in enumerate(PEOPLE.items()):
        first, last = name.split()
        person = Person.objects.create_user(
            username, f"{username}@escola.example", "demo", first_name=first, last_name=last
        )
        RoleHolding.objects.create(person=person, role=role, rank=rank)
        people[username] = person
    for role, name in TEAMS.items():
        team = Team.objects.create(key=role.replace("_", "-"), name_de=name, name_en=name, role=role)
        team.members.add(*(people[username] for username, (_name, held) in PEOPLE.items() if held == role))
    School.objects.create(name="Schule Musterwil", canton="ZH", email="schule@musterwil.example")
    School.objects.create(name="École Exempleville", canton="VD")
    assert Module.objects.exists()


def _rows(table: str) -> str:
    rows = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} TO STDOUT", rows)
    return rows.getvalue()


@pytest.fixture
def company(founding: dict[str, str], db: None, now: datetime) -> Company:
    """The company, under the shipped document."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in founding.items():
            cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(rows))
    return Company({person.username: person for person in Person.objects.order_by("pk")}, now)


@pytest.fixture
def document(company: Company) -> Document:
    """The shipped process document, in force in the company."""
    return current_document()[1]
