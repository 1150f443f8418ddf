"""The way in: polite, clear about how long to wait, in the words of the house."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client

from directory.second_factor import has_second_factor
from tests.company import Company
from tests.web.console.conftest import Entering

FAMILIAR = re.compile(r"\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]ein\w*)\b|ß")
TRIES = 5  # allauth's limit per login in five minutes


def test_a_throttled_login_says_how_long_to_wait(company: Company) -> None:
    client = Client()
    for _try in range(TRIES):
        page = client.post("/accounts/login/", {"login": "support", "password": "falsch"}).content.decode()
        assert "fünf Minuten" not in page
    page = client.post("/accounts/login/", {"login": "support", "password": "demo"}).content.decode()
    assert "Bitte warten Sie fünf Minuten" in page
    assert not FAMILIAR.search(page)


def test_whoever_mistypes_their_password_locks_nobody_else_of_the_office_out(company: Company) -> None:
    for _try in range(12):
        Client().post("/accounts/login/", {"login": "board", "password": "falsch"})
    colleague = Client()
    colleague.post("/accounts/login/", {"login": "support", "password": "demo"})
    assert colleague.get("/").status_code == 200


def test_somebody_who_hammers_at_a_form_reads_a_page_of_ours(enter: Entering) -> None:
    client = enter("support")
    for _try in range(10):
        answer = client.post("/accounts/password/change/", {"oldpassword": "falsch"})
    assert answer.status_code == 429
    assert "Bitte warten Sie eine Minute" in answer.content.decode()


def test_a_form_of_the_account_begins_at_its_first_field(enter: Entering) -> None:
    client = enter("support")
    for path in ("/accounts/password/change/", "/accounts/password/reset/", "/accounts/reauthenticate/"):
        body, _end, _dialogs = client.get(path, follow=True).content.decode().partition("</main>")
        assert body.count(" autofocus") == 1, path


def test_passwords_that_differ_are_named_politely(enter: Entering) -> None:
    typed = {"oldpassword": "demo", "password1": "ein-langes-wort-7", "password2": "ein-langes-wort-8"}
    page = enter("support").post("/accounts/password/change/", typed).content.decode()
    assert "Die beiden Passwörter sind nicht gleich." in page
    assert not FAMILIAR.search(page)


@pytest.mark.parametrize("address", ["support@escola.example", "niemand@escola.example"])
def test_the_mail_about_a_password_speaks_as_we_do(address: str, company: Company) -> None:
    Client().post("/accounts/password/reset/", {"email": address})
    (letter,) = mail.outbox
    assert "Sie oder jemand anderes" in letter.body
    assert not FAMILIAR.search(f"{letter.subject} {letter.body}")
    assert ("/accounts/password/reset/key/" in letter.body) is (address == "support@escola.example")


def test_it_opens_a_login_whose_second_factor_was_lost(enter: Entering, company: Company) -> None:
    TOTP.activate(company.dev, generate_totp_secret())
    typed = {"login": "dev", "password": "demo"}
    assert Client().post("/accounts/login/", typed)["Location"] == "/accounts/2fa/authenticate/"
    client, path = enter("it"), f"/settings/people/{company.dev.pk}/"
    assert f'href="{path}second-factor/"' in client.get(path).content.decode()

    assert client.post(f"{path}second-factor/", {"reason": ""}).status_code == 422
    answer = client.post(f"{path}second-factor/", {"reason": "Telefon verloren"}, follow=True)

    page = answer.content.decode()
    assert "Der zweite Faktor von Devi Erfunden ist zurückgesetzt." in page
    assert f'href="{path}second-factor/"' not in page
    assert Client().post("/accounts/login/", typed)["Location"] == "/"


def test_who_may_not_reset_a_second_factor_is_not_offered_it(enter: Entering, company: Company) -> None:
    for person in (company.it, company.dev):
        TOTP.activate(person, generate_totp_secret())
    own = f"/settings/people/{company.it.pk}/"
    assert "second-factor" not in enter("it").get(own).content.decode()
    assert enter("it").get(f"{own}second-factor/").status_code == 403
    others = f"/settings/people/{company.dev.pk}/second-factor/"
    assert enter("support").post(others, {"reason": "Neugier"}).status_code == 403
    assert has_second_factor(company.dev)
