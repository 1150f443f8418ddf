"""Settings: secrets are shown once, services have the last word, health has a way back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.models import Pulse
from directory.models import ApiKey, Person, School
from integrations.models import Delivery, Source
from notifications.models import Message
from tests.company import Company
from tests.web.console.conftest import Entering

MIRA = {"username": "mira", "first_name": "Mira", "last_name": "Neu", "email": "mira@escola.example", "language": "de"}


def test_a_person_is_recorded_with_roles(enter: Entering) -> None:
    client = enter("it")
    assert client.post("/settings/people/new/", {**MIRA, "roles": ["support"], "is_active": "on"}).status_code == 302
    mira = Person.objects.get(username="mira")
    assert [holding.role for holding in mira.holdings.all()] == ["support"]
    client.post(f"/settings/people/{mira.pk}/", {**MIRA, "roles": ["development"]})
    mira.refresh_from_db()
    assert (mira.is_active, [holding.role for holding in mira.holdings.all()]) == (False, ["development"])


def test_it_resets_the_channels_of_somebody_and_others_cannot(enter: Entering, company: Company) -> None:
    company.dev.reach = {"urgent": ["email"], "other": [], "quiet": None}
    company.dev.save()
    path = f"/settings/people/{company.dev.pk}/"
    assert f'action="{path}reach/"' in enter("it").get(path).content.decode()
    assert enter("lead").post(f"{path}reach/").status_code == 403
    assert enter("it").post(f"{path}reach/").status_code == 302
    company.dev.refresh_from_db()
    assert company.dev.reach["other"] == ["email"]


def test_what_is_saved_is_no_draft_any_more(enter: Entering, company: Company) -> None:
    client, own = enter("it"), f"/settings/people/{company.dev.pk}/"
    for path, typed in [
        ("/settings/people/new/", MIRA),
        (own, {**MIRA, "username": "dev"}),
        ("/settings/schools/new/", {"name": "Schule X", "canton": "ZH", "language": "de"}),
        ("/settings/teams/new/", {"key": "x", "name_de": "X", "name_en": "X", "role": "support"}),
        ("/settings/keys/new/", {"name": "Skript", "scopes": ["incidents:read"]}),
        ("/settings/sources/new/", {"kind": "sentry", "name": "main", "expected_every_min": 0}),
    ]:
        page = client.get(path).content.decode()
        assert f'data-draft="settings{path}"' in page
        assert f'data-saved="settings{path}"' in client.post(path, typed, follow=True).content.decode(), path


@pytest.mark.parametrize("room", ["people", "teams", "schools", "sources", "process"])
def test_who_holds_no_role_sees_no_master_data(room: str, enter: Entering, company: Company) -> None:
    company.dev.holdings.all().delete()
    assert enter("dev").get(f"/settings/{room}/").status_code == 403
    assert enter("dev2").get(f"/settings/{room}/").status_code == 200


def test_a_name_that_is_taken_is_said_beside_its_field(enter: Entering) -> None:
    answer = enter("it").post("/settings/people/new/", {**MIRA, "username": "support"})
    assert answer.status_code == 422
    assert "gibt es schon" in answer.content.decode()


def test_a_schools_form_says_which_law_follows_from_what_was_entered(enter: Entering, company: Company) -> None:
    it = enter("it")
    facts = {"name": "Schule X", "canton": "ZH", "city": "Zürich", "language": "de", "legal_kind": "private_mandate"}
    it.post("/settings/schools/new/", {**facts, "privacy_phone": "044 000 00 00", "is_active": "on"})
    school = School.objects.get(name="Schule X")
    assert (school.legal_kind, school.privacy_phone) == ("private_mandate", "+41440000000")
    said = it.get(f"/settings/schools/{school.pk}/").content.decode()
    assert "Datenschutzstelle der Stadt Zürich" in said
    assert "(EDÖB)" in said
    refused = it.post(f"/settings/schools/{school.pk}/", {**facts, "canton": "", "legal_kind": "public"})
    assert "Ohne Kanton ist nur eine Schule in EU oder EWR." in refused.content.decode()
    assert "Der Kanton fehlt" in refused.content.decode()


def test_a_canton_that_does_not_exist_is_refused(enter: Entering, company: Company) -> None:
    answer = enter("it").post("/settings/schools/new/", {"name": "Schule X", "canton": "XX"})
    assert answer.status_code == 422
    assert not School.objects.filter(name="Schule X").exists()


def test_a_source_shows_its_secret_once(enter: Entering) -> None:
    client = enter("it")
    answer = client.post("/settings/sources/new/", {"kind": "sentry", "name": "main", "expected_every_min": 0})
    page = answer.content.decode()
    source = Source.objects.get()
    secret = page.partition('id="secret">')[2].partition("<")[0]
    assert len(secret) > 30
    assert answer["Cache-Control"] == "no-store"
    assert "/hooks/sentry/main/" in page
    assert secret not in client.get(f"/settings/sources/{source.pk}/").content.decode()


def test_a_secret_is_renewed_and_a_source_switched(enter: Entering) -> None:
    client = enter("it")
    client.post(
        "/settings/sources/new/", {"kind": "sentry", "name": "main", "secret": "s" * 32, "expected_every_min": 0}
    )
    source = Source.objects.get()
    client.post(f"/settings/sources/{source.pk}/", {"secret": "t" * 32, "grace_hours": 1})
    client.post(f"/settings/sources/{source.pk}/mode/", {"mode": "record_only"})
    source.refresh_from_db()
    assert source.previous_secret
    assert source.mode == "record_only"


def test_a_key_is_shown_once_and_revoked_by_its_owner_only(enter: Entering) -> None:
    client = enter("dev")
    page = client.post("/settings/keys/new/", {"name": "Skript", "scopes": ["incidents:read"]}).content.decode()
    key = ApiKey.objects.get()
    assert f"im_{key.prefix}_" in page
    assert f"im_{key.prefix}_" not in client.get("/settings/keys/").content.decode()
    assert enter("support").post(f"/settings/keys/{key.pk}/revoke/").status_code == 404
    client.post(f"/settings/keys/{key.pk}/revoke/")
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_silent_sweeper_is_said_on_every_page(enter: Entering, company: Company) -> None:
    Pulse.objects.create(name="sweeper", at=company.now - timedelta(minutes=5))
    assert "Die Fristen werden gerade nicht überwacht." in enter("support").get("/").content.decode()


def test_dead_letters_get_a_second_chance_from_whom_may_give_it(enter: Entering, company: Company) -> None:
    enter("it").post("/settings/sources/new/", {"kind": "sentry", "name": "main", "expected_every_min": 0})
    delivery = Delivery.objects.create(
        source=Source.objects.get(), delivery_id="1", received_at=company.now, body=b"{}", state="dead", error="kaputt"
    )
    message = Message.objects.create(
        key="k", channel="email", kind="x", subject="s", body="b", state="dead", created_at=company.now
    )
    assert "kaputt" in enter("support").get("/health/").content.decode()
    assert enter("support").post("/health/replay/", {"delivery": delivery.pk}).status_code == 403
    client = enter("it")
    client.post("/health/replay/", {"delivery": delivery.pk})
    client.post("/health/replay/", {"message": message.pk})
    delivery.refresh_from_db()
    message.refresh_from_db()
    assert (delivery.state, message.state) == ("pending", "queued")
