"""The way in: polite, clear about how long to wait, in the words of the house."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

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
