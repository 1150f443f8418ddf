"""People, roles and teams: who can be called, and what is refused in plain words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.actors import SYSTEM
from core.models import Event
from directory.errors import BadEntry
from directory.models import Person
from directory.selectors import holder_counts, holders, people_with_any_role, roles_of, team_for_role
from directory.services import (
    create_person,
    deactivate_person,
    reactivate_person,
    save_school,
    save_team,
    set_absence,
    set_rank,
    set_roles,
    update_person,
)

pytestmark = pytest.mark.django_db


def somebody(username: str, now: datetime, *roles: str) -> Person:
    return create_person(username=username, roles=roles, actor=SYSTEM, now=now)


def kinds_of(person: Person) -> list[str]:
    return list(Event.objects.filter(subject_type="person", subject_id=person.pk).values_list("kind", flat=True))


def test_a_person_without_a_password_cannot_log_in(now: datetime) -> None:
    person = somebody("lena", now, "support")

    assert not person.has_usable_password()
    assert roles_of(person) == {"support"}
    assert kinds_of(person) == ["person.created", "person.roles_set"]


def test_a_weak_password_is_refused_with_the_reason(now: datetime) -> None:
    with pytest.raises(BadEntry) as refused:
        create_person(username="lena", password="kurz", actor=SYSTEM, now=now)

    assert "12" in " ".join(refused.value.errors["password"])


def test_a_username_is_taken_only_once(now: datetime) -> None:
    somebody("lena", now)

    with pytest.raises(BadEntry) as refused:
        somebody("lena", now)

    assert refused.value.errors == {"username": ["Diesen Anmeldenamen gibt es schon."]}


def test_a_swiss_phone_number_is_kept_in_one_form(now: datetime) -> None:
    person = create_person(username="lena", phone="044 668 18 00", actor=SYSTEM, now=now)

    assert person.phone == "+41446681800"


def test_everything_wrong_with_a_person_is_said_at_once(now: datetime) -> None:
    person = somebody("lena", now)

    with pytest.raises(BadEntry) as refused:
        update_person(person, changes={"phone": "viele", "email": "kein Mail", "language": "fr"}, actor=SYSTEM, now=now)

    assert set(refused.value.errors) == {"phone", "email", "language"}


def test_the_event_of_an_edit_names_fields_and_keeps_no_personal_text(now: datetime) -> None:
    person = somebody("lena", now)

    update_person(person, changes={"last_name": "Beispiel", "language": "de"}, actor=SYSTEM, now=now)

    assert Event.objects.filter(kind="person.edited").get().data == {"fields": ["last_name"]}


def test_holders_come_by_rank_without_the_absent_and_the_closed(now: datetime) -> None:
    first, second, absent, closed = (somebody(name, now, "support") for name in ("a", "b", "c", "d"))
    set_rank(second, role="support", rank=1, actor=SYSTEM, now=now)
    set_absence(absent, until=now + timedelta(hours=1), actor=SYSTEM, now=now)
    deactivate_person(closed, actor=SYSTEM, now=now)

    assert holders("support", now=now) == [second, first]
    assert holders("support", now=now + timedelta(hours=1)) == [second, first, absent]
    assert holder_counts(now=now) == {"support": 2}


def test_an_absence_in_the_past_means_present(now: datetime) -> None:
    person = somebody("lena", now, "dpo")
    set_absence(person, until=now + timedelta(days=1), actor=SYSTEM, now=now)
    set_absence(person, until=now - timedelta(days=1), actor=SYSTEM, now=now)

    assert holders("dpo", now=now) == [person]
    assert kinds_of(person)[-2:] == ["person.absent", "person.returned"]


def test_setting_roles_keeps_the_rank_of_kept_ones_and_records_both_sides(now: datetime) -> None:
    person = somebody("lena", now, "support", "dpo")
    set_rank(person, role="dpo", rank=7, actor=SYSTEM, now=now)

    set_roles(person, roles=["dpo", "development"], actor=SYSTEM, now=now)

    assert roles_of(person) == {"dpo", "development"}
    assert person.holdings.get(role="dpo").rank == 7
    assert Event.objects.filter(kind="person.roles_set").last().data == {  # type: ignore[union-attr]
        "roles": ["development", "dpo"],
        "was": ["dpo", "support"],
    }


def test_setting_the_same_roles_records_nothing(now: datetime) -> None:
    person = somebody("lena", now, "support")
    set_roles(person, roles=["support"], actor=SYSTEM, now=now)

    assert Event.objects.filter(kind="person.roles_set").count() == 1


def test_somebody_with_two_of_the_roles_is_found_once(now: datetime) -> None:
    both = somebody("both", now, "support", "development")
    absent = somebody("weg", now, "development")
    set_absence(absent, until=now + timedelta(days=1), actor=SYSTEM, now=now)

    assert people_with_any_role(["support", "development"]) == [both, absent]
    assert people_with_any_role(["support", "development"], now=now) == [both]


def test_reactivating_opens_the_login_but_not_the_revoked_keys(now: datetime) -> None:
    person = somebody("lena", now)
    deactivate_person(person, actor=SYSTEM, now=now)
    deactivate_person(person, actor=SYSTEM, now=now)
    reactivate_person(person, actor=SYSTEM, now=now)

    assert Person.objects.get(pk=person.pk).is_active
    assert kinds_of(person) == ["person.created", "person.deactivated", "person.reactivated"]


def test_a_team_is_found_by_its_role(now: datetime) -> None:
    names = {"key": "dev", "name_de": "Entwicklung", "name_en": "Development", "role": "development"}
    member = somebody("lena", now)
    team = save_team(changes=names, members=[member], actor=SYSTEM, now=now)

    assert team_for_role("development") == team
    assert team_for_role("nobody") is None
    assert list(team.members.all()) == [member]


def test_a_school_needs_a_swiss_canton_and_a_name_of_its_own(now: datetime) -> None:
    save_school(changes={"name": "Schule Musterwil", "canton": "zh"}, actor=SYSTEM, now=now)

    with pytest.raises(BadEntry) as no_canton:
        save_school(changes={"name": "Schule Nirgendwo", "canton": "XX"}, actor=SYSTEM, now=now)
    with pytest.raises(BadEntry) as twice:
        save_school(changes={"name": "Schule Musterwil", "canton": "ZH"}, actor=SYSTEM, now=now)

    with pytest.raises(BadEntry) as nowhere:
        save_school(changes={"name": "Schule Nirgendwo", "legal_kind": "public"}, actor=SYSTEM, now=now)
    abroad = save_school(changes={"name": "Schule Übersee", "legal_kind": "eu_eea"}, actor=SYSTEM, now=now)

    assert "canton" in no_canton.value.errors
    assert "canton" in nowhere.value.errors, "only in the EU or EEA there is none"
    assert "name" in twice.value.errors
    assert (abroad.canton, abroad.legal_kind) == ("", "eu_eea")
