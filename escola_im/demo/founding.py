"""The company itself: people with roles and logins, teams, schools, sources, an API key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actors import Actor
from directory import services
from directory.models import Module, Person, School
from escola_im.demo.cast import ABSENT, LOGINS, PASSWORD, PLAYERS, SCHOOLS, SECRETS, SOURCE_NAME, TEAMS
from integrations.models import Source
from integrations.services import create_source

FOUNDER = Actor("system", "command", "manage.py demo_seed", "command")


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody and everything by name."""

    people: Mapping[str, Person]
    schools: Mapping[str, int]
    modules: Mapping[str, int]
    sources: Mapping[str, Source]
    api_key: str


def found(*, at: datetime) -> Company:
    """Sets the company up as it was `at`, through the services a person would use."""
    people = _people(at)
    schools = {
        place.name: services.save_school(
            actor=FOUNDER,
            now=at,
            changes={
                "name": place.name,
                "canton": place.canton,
                "city": place.city,
                "email": f"{place.box}@{place.site}.example",
                "project_manager": people[place.project_manager],
            },
        ).pk
        for place in SCHOOLS
    }
    for team in TEAMS:
        names = {"key": team.role.replace("_", "-"), "name_de": team.german, "name_en": team.english, "role": team.role}
        members = [people[player.username] for player in PLAYERS if player.role == team.role]
        services.save_team(actor=FOUNDER, now=at, changes=names, members=members)
    sources = {
        kind: create_source(kind=kind, name=SOURCE_NAME, secret=secret, actor=FOUNDER, now=at)
        for kind, secret in SECRETS.items()
    }
    _key, plain = services.create_key(owner=people["dev"], name="Demo", scopes=["*"], actor=FOUNDER, now=at)
    return Company(people, schools, dict(Module.objects.values_list("key", "pk")), sources, plain)


def send_on_leave(company: Company, *, now: datetime) -> None:
    """One of support is away, so that the calling order shows it."""
    person = Person.objects.get(pk=company.people[ABSENT].pk)
    services.set_absence(person, until=now + timedelta(days=5), actor=FOUNDER, now=now)


def is_empty() -> bool:
    """Whether nobody works here yet."""
    return not (Person.objects.exists() or School.objects.exists() or Source.objects.exists())


def _people(at: datetime) -> dict[str, Person]:
    people = {}
    for player in PLAYERS:
        person = services.create_person(
            username=player.username,
            first_name=player.first,
            last_name=player.last,
            email=f"{player.username}@escola.example",
            language=player.language,
            password=PASSWORD if player.username in LOGINS else None,
            check_password=False,
            actor=FOUNDER,
            now=at,
        )
        services.set_roles(person, roles=[player.role], rank=player.rank, actor=FOUNDER, now=at)
        if player.username == "admin":
            person.is_superuser = person.is_staff = True
            person.save(update_fields=["is_superuser", "is_staff"])
        people[player.username] = person
    return people
