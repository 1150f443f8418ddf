"""Writes to people, roles, teams, schools and modules. API keys stand in `directory.keys`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from holidays.countries.switzerland import Switzerland

from core.actors import Actor
from core.audit import Fact, record
from core.text import clean, first_line
from directory.errors import BadEntry
from directory.keys import create_key, revoke_key, verify_key
from directory.models import Module, Person, RoleHolding, School, Team
from directory.phone import normal_phone
from process.schema import Document

__all__ = [
    "create_key",
    "create_person",
    "deactivate_person",
    "reactivate_person",
    "revoke_key",
    "save_school",
    "save_team",
    "set_absence",
    "set_password",
    "set_rank",
    "set_roles",
    "sync_modules",
    "update_person",
    "verify_key",
]
CANTONS = frozenset(Switzerland.subdivisions)
PERSON_FIELDS = frozenset({"username", "first_name", "last_name", "email", "phone", "language"})
SCHOOL_FIELDS = frozenset(
    {"name", "canton", "city", "email", "phone", "language", "project_manager", "is_active"}
    | {"legal_kind", "legal_note", "privacy_email", "privacy_phone"}
)
TEAM_FIELDS = frozenset({"key", "name_de", "name_en", "role"})


def create_person(
    *,
    username: str,
    actor: Actor,
    now: datetime,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "de",
    roles: Sequence[str] = (),
    password: str | None = None,
    check_password: bool = True,
) -> Person:
    """A new person. Without a password they cannot log in; `check_password=False` is for the demo's logins only."""
    person = Person(date_joined=now)
    values = {"first_name": first_name, "last_name": last_name, "email": email, "phone": phone, "language": language}
    _take(person, {"username": username, **values}, PERSON_FIELDS)
    if password is not None and check_password:
        _check_password(password, person)
    person.set_password(password)
    with transaction.atomic():
        _store(person, {"username": _("Diesen Anmeldenamen gibt es schon.")})
        record(Fact("person.created", "person", person.pk, now, actor))
        if roles:
            set_roles(person, roles=roles, actor=actor, now=now)
    return person


@transaction.atomic
def update_person(person: Person, *, changes: Mapping[str, Any], actor: Actor, now: datetime) -> Person:
    """Changes some of PERSON_FIELDS. The event names the fields, not the values: the log keeps no personal text."""
    fields = _take(person, changes, PERSON_FIELDS)
    if fields:
        _store(person, {"username": _("Diesen Anmeldenamen gibt es schon.")})
        record(Fact("person.edited", "person", person.pk, now, actor, data={"fields": fields}))
    return person


@transaction.atomic
def set_password(person: Person, *, password: str, actor: Actor, now: datetime) -> Person:
    """Sets a password that meets the house's rules; every session of the person ends."""
    _check_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    record(Fact("person.edited", "person", person.pk, now, actor, data={"fields": ["password"]}))
    return person


@transaction.atomic
def set_roles(person: Person, *, roles: Sequence[str], actor: Actor, now: datetime, rank: int = 100) -> Person:
    """Makes `roles` the roles a person holds (P-1.1). Kept roles keep their rank; new ones get `rank`."""
    Person.objects.select_for_update().get(pk=person.pk)
    was = sorted(RoleHolding.objects.filter(person=person).values_list("role", flat=True))
    wanted = sorted({clean(role, limit=40) for role in roles})
    if wanted != was:
        RoleHolding.objects.filter(person=person).exclude(role__in=wanted).delete()
        RoleHolding.objects.bulk_create(
            [RoleHolding(person=person, role=role, rank=rank) for role in wanted if role not in was]
        )
        record(Fact("person.roles_set", "person", person.pk, now, actor, data={"roles": wanted, "was": was}))
    getattr(person, "_prefetched_objects_cache", {}).pop("holdings", None)
    return person


@transaction.atomic
def set_rank(person: Person, *, role: str, rank: int, actor: Actor, now: datetime) -> None:
    """Sets when a holder of a role is called: lower ranks first (P-5.3)."""
    if RoleHolding.objects.filter(person=person, role=role).exclude(rank=rank).update(rank=rank):
        record(Fact("person.edited", "person", person.pk, now, actor, data={"fields": ["rank"], "role": role}))


@transaction.atomic
def set_absence(person: Person, *, until: datetime | None, actor: Actor, now: datetime) -> Person:
    """Takes a person out of the calling order until an instant; None or a past instant brings them back."""
    if until is not None and until <= now:
        until = None
    person.absent_until = until
    person.save(update_fields=["absent_until"])
    if until is None:
        record(Fact("person.returned", "person", person.pk, now, actor))
    else:
        record(Fact("person.absent", "person", person.pk, now, actor, data={"until": until.isoformat()}))
    return person


def deactivate_person(person: Person, *, actor: Actor, now: datetime) -> Person:
    """Closes the login and every API key of a person. What they did stays under their name."""
    return _set_active(person, active=False, kind="person.deactivated", actor=actor, now=now)


def reactivate_person(person: Person, *, actor: Actor, now: datetime) -> Person:
    """Opens a closed login again; revoked keys stay revoked."""
    return _set_active(person, active=True, kind="person.reactivated", actor=actor, now=now)


@transaction.atomic
def _set_active(person: Person, *, active: bool, kind: str, actor: Actor, now: datetime) -> Person:
    if Person.objects.filter(pk=person.pk).exclude(is_active=active).update(is_active=active):
        record(Fact(kind, "person", person.pk, now, actor))
        for key in person.api_keys.filter(revoked_at__isnull=True) if not active else ():
            revoke_key(key, actor=actor, now=now)
    person.is_active = active
    return person


@transaction.atomic
def save_team(
    team: Team | None = None,
    *,
    actor: Actor,
    now: datetime,
    changes: Mapping[str, Any],
    members: Iterable[Person] | None = None,
) -> Team:
    """Creates a team (None) or changes some of key, name_de, name_en, role; `members` replaces its people."""
    team = team or Team()
    fields = _take(team, changes, TEAM_FIELDS)
    _store(team, {"key": _("Dieses Kürzel gibt es schon.")})
    if members is not None:
        team.members.set(members)
        fields.append("members")
    if fields:
        record(Fact("team.saved", "team", team.pk, now, actor, data={"fields": fields}))
    return team


@transaction.atomic
def save_school(school: School | None = None, *, actor: Actor, now: datetime, changes: Mapping[str, Any]) -> School:
    """Creates a school (None) or changes some of its facts (SCHOOL_FIELDS)."""
    school = school or School()
    fields = _take(school, changes, SCHOOL_FIELDS)
    _store(school, {"name": _("Diese Schule gibt es schon.")})
    if fields:
        record(Fact("school.saved", "school", school.pk, now, actor, data={"fields": fields}))
    return school


@transaction.atomic
def sync_modules(document: Document) -> None:
    """Makes the modules those of the process document; modules that are gone stay for old incidents, inactive.

    Records nothing by itself: loading the document is the event.
    """
    keys = [rule.key for rule in document.modules]
    Module.objects.bulk_create(
        [Module(key=rule.key, name_de=rule.label.de, name_en=rule.label.en) for rule in document.modules],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["name_de", "name_en", "is_active"],
    )
    Module.objects.filter(is_active=True).exclude(key__in=keys).update(is_active=False)


def _take(row: models.Model, changes: Mapping[str, Any], allowed: frozenset[str]) -> list[str]:
    """Puts cleaned, checked values on `row`; returns the names that changed. BadEntry says all that is wrong."""
    unknown = sorted(set(changes) - allowed)
    if unknown:
        raise TypeError(f"cannot set {', '.join(unknown)}")
    changed: list[str] = []
    errors: dict[str, list[str]] = {}
    for name, value in changes.items():
        try:
            value = _tidy(name, value)
        except BadEntry as error:
            errors |= error.errors
            continue
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name)
    errors |= _problems(row)
    if errors:
        raise BadEntry(errors)
    return changed


def _tidy(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in ("phone", "privacy_phone"):
        return normal_phone(value)
    line = first_line(value, limit=1000)
    return line.upper() if name == "canton" else line


def _problems(row: models.Model) -> dict[str, list[str]]:
    try:
        row.clean_fields(exclude={"password"})
    except ValidationError as error:
        return {name: [str(text) for text in texts] for name, texts in error.message_dict.items()}
    if isinstance(row, School) and row.canton not in CANTONS:
        if row.canton:
            return {"canton": [_("Das ist kein Schweizer Kanton. Beispiel: ZH.")]}
        if row.legal_kind != School.LegalKind.EU_EEA:
            return {"canton": [_("Ohne Kanton ist nur eine Schule in EU oder EWR.")]}
    return {}


def _check_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise BadEntry({"password": [str(text) for text in error.messages]}) from None


def _store(row: models.Model, taken: Mapping[str, str]) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "unique" not in str(error).lower():
            raise
        raise BadEntry({name: [text] for name, text in taken.items()}) from None
