"""The company tests play in: one or two people per role, two schools, the shipped process document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from core.actors import SYSTEM
from directory.models import Module, Person, RoleHolding, School, Team
from incidents.models import Incident
from lifecycle.access import By
from lifecycle.intake import IncidentDraft, open_incident
from lifecycle.process_change import load_process
from process.loader import default_text
from process.schema import Document
from process.selectors import current_document

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


@pytest.fixture
def document(db: None, now: datetime) -> Document:
    """The shipped process document, loaded."""
    load_process(text=default_text(), by_actor=SYSTEM, now=now)
    return current_document()[1]


@pytest.fixture
def company(document: Document, now: datetime) -> Company:
    """The company, under the shipped document."""
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
    return Company(people, now)
