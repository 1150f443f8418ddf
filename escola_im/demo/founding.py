"""The company itself: people with roles and logins, teams, schools, sources, an API key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.actors import Actor
from core.clock import ZURICH
from directory import services
from directory.models import Module, Person, School
from escalation.rules.oncall import DAILY, Layer
from escola_im.demo.cast import (
    ABSENT,
    LOGINS,
    ON_CALL,
    PASSWORD,
    PLAYERS,
    SCHOOLS,
    SECRETS,
    SOURCE_NAME,
    STANDS_IN,
    TEAM_SEATS,
    TEAMS,
)
from integrations.models import Source
from integrations.services import create_source
from lifecycle import on_call, public_status
from lifecycle import team as major_team
from lifecycle.access import By

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
                "legal_kind": place.legal_kind,
                "project_manager": people[place.project_manager],
            },
        ).pk
        for place in SCHOOLS
    }
    for team in TEAMS:
        names = {"key": team.role.replace("_", "-"), "name_de": team.german, "name_en": team.english, "role": team.role}
        members = [people[player.username] for player in PLAYERS if player.role == team.role]
        services.save_team(actor=FOUNDER, now=at, changes=names, members=members)
    for seat, usernames in TEAM_SEATS.items():
        major_team.save_seat(seat, people=[people[name] for name in usernames], by=By(FOUNDER), now=at)
    sources = {
        kind: create_source(kind=kind, name=SOURCE_NAME, secret=secret, actor=FOUNDER, now=at)
        for kind, secret in SECRETS.items()
    }
    by = By(FOUNDER)
    public_status.save_page("escola", name=("Escola", "Escola"), by=by, now=at)
    for module in Module.objects.all():
        name = (module.name_de, module.name_en)
        public_status.save_component("escola", name=name, module=module, by=by, now=at)
    _key, plain = services.create_key(owner=people["dev"], name="Demo", scopes=["*"], actor=FOUNDER, now=at)
    return Company(people, schools, dict(Module.objects.values_list("key", "pk")), sources, plain)


def send_on_leave(company: Company, *, now: datetime) -> None:
    """One of support is away, so that the calling order shows it."""
    person = Person.objects.get(pk=company.people[ABSENT].pk)
    services.set_absence(person, until=now + timedelta(days=5), actor=FOUNDER, now=now)


def set_up_on_call(company: Company, *, now: datetime) -> None:
    """Support and development take turns by the week; in development two share the nights, and one gives a day away."""
    lead = By.of(company.people["lead"], via="console")
    today = now.astimezone(ZURICH).date()
    last_monday = today - timedelta(days=today.weekday() + 7)
    nights = Layer((), last_monday, time(18), DAILY, frozenset({0, 1, 2, 3}), time(18), time(7))
    rotas = {role: on_call.save_rota(role=role, time_zone=ZURICH.key, by=lead, now=now) for role in ON_CALL}
    everybody = Person.objects.in_bulk([person.pk for person in company.people.values()])
    for role, layers in ON_CALL.items():
        for names, facts in zip(layers, (Layer((), last_monday, time(8)), nights), strict=False):
            people = [everybody[company.people[name].pk] for name in names]
            on_call.save_layer(rotas[role].pk, facts=facts, people=people, by=lead, now=now)
    saturday = datetime.combine(last_monday + timedelta(days=19), time(8), ZURICH)
    stretch = {"start": saturday, "end": saturday + timedelta(days=1)}
    away = everybody[company.people[STANDS_IN].pk]
    on_call.put_in(rotas["development"].pk, person=away, by=lead, now=now, reason="Hochzeit", **stretch)


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
