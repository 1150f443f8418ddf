"""For who need not know, a confidential case exists nowhere: every address of the product is asked (P-7.5, T39).

The addresses come from the URL configuration. One whose places nobody has filled in here fails: a new door needs one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

import api.breach
import api.privacy
from console.privacy_verbs import VERBS
from core.actors import SYSTEM
from directory.keys import SCOPES, create_key
from directory.models import Person, RoleHolding
from incidents.models import Contact, Incident
from lifecycle import connect, data_protection, intake, respond
from lifecycle.intake import ContactDraft
from privacy.models import Case, Withheld
from tests.company import PEOPLE, Company

pytestmark = pytest.mark.django_db
SECRETS = ("Klasse 3b", "noten-3b", "Frau Vertraulich")
NOT_OURS = ("admin", "allauth", "accounts", "__debug__", "i18n")
"""Addresses of libraries, which know nothing of cases; the models of cases are not in the admin (see below)."""
FACTS: dict[str, dict[str, Any]] = {
    "acknowledge": {},
    "note": {"text": "x"},
    "dismiss": {"reason": "x"},
    "let-read": {"person": "dev", "reason": "x"},
    "stop-reading": {"person": "dev"},
    "assess": {"answers": {"detected_by": "x"}},
    "confirm": {"reason": "x"},
    "decide-duty": {"keys": ["n6_police"], "verdict": "due"},
    "report-authority": {"keys": ["n6_police"]},
    "affect": {"schools": [{"school": "Schule Musterwil"}]},
    "draft-notices": {},
    "review-notices": {},
    "notify-schools": {},
    "report-police": {"offence": "x", "station": "x"},
    "evidence": {"what": "x", "place": "x", "sha256": "0" * 64},
    "consent": {"document": "x", "scope": "x", "signer": "x"},
    "adopt-law": {"reason": "x"},
    "monitor": {},
    "review": {"text": "x"},
    "close": {},
    "hold": {"reason": "x"},
    "release": {"reason": "x"},
}
"""Every verb of the API with a body that is right, so that nothing but not being allowed refuses it."""
PAGES = ("", "assessment/", "duties/", "schools/", "police/", "papers/", "papers/F7.json")


@dataclass
class Asker:
    """Somebody who asks, in the browser and by the API."""

    name: str
    browser: Client
    program: Client


@pytest.fixture
def case(company: Company) -> Case:
    """An incident with contact, note and file, of which support then suspected more."""
    by, now = company.by("support"), company.now
    contact = intake.take_contact(ContactDraft("phone", "Klasse 3b", "Klasse 3b", "Frau Muster"), by=by, now=now)
    incident = company.incident(symptom="Notenliste der Klasse 3b ist im Netz", urgency="high", impact="high")
    intake.classify(contact.number, kind="incident", join=incident.number, by=by, now=now)
    respond.note(incident.number, text="Frau Vertraulich sagt: Klasse 3b", by=by, now=now)
    connect.attach(incident.number, upload=ContentFile(b"Mia;4.5"), name="noten-3b.csv", by=by, now=now)
    data_protection.suspect_breach(incident.number, grounds="Frau Vertraulich rief an", by=by, now=now)
    return Case.objects.get()


@pytest.fixture
def everybody(company: Company, case: Case) -> list[Asker]:
    """One who holds every role but the officer's (rights add up, so what they do not see no role sees), one who holds
    none, and nobody at all."""
    allowed = Person.objects.create_superuser("all", "all@escola.example", "demo", first_name="Alle")
    for role in {role for _name, role in PEOPLE.values()} - {"dpo"}:
        RoleHolding.objects.create(person=allowed, role=role)
    none = Person.objects.create_user("none", "none@escola.example", "demo", first_name="Niemand")
    return [_asker(allowed, company), _asker(none, company), Asker("nobody", Client(), Client())]


def _asker(person: Person, company: Company) -> Asker:
    browser = Client()
    browser.force_login(person)
    _key, plain = create_key(owner=person, name="test", scopes=[*SCOPES, "*"], actor=SYSTEM, now=company.now)
    return Asker(person.username, browser, Client(headers={"Authorization": f"Bearer {plain}"}))


def test_no_address_says_a_word_of_it(everybody: list[Asker], case: Case) -> None:
    told, answered = {}, 0
    for path in addresses(case):
        for asker in everybody:
            answer = _ask(asker, path)
            words = [word for word in (*SECRETS, case.number) if word in _text(answer) and word not in path]
            if words:
                told[f"{asker.name} {path}"] = words
            if "privacy/" in path:
                # a verb is no page: 405 is what it answers for numbers that never were, too
                expected = {404, 405} if asker.name != "nobody" else {302, 401}
                assert answer.status_code in expected, f"{asker.name} {path}"
            answered += answer.status_code == 200
    assert told == {}
    assert answered > 100, "the matrix asked nothing"


def test_nothing_can_be_done_to_it(everybody: list[Asker], case: Case) -> None:
    programs = {verb.replace("_", "-") for verb in (*api.privacy.VERBS, *api.breach.VERBS)}
    assert set(FACTS) == programs, "a new verb has to say here how it is called"
    for asker in everybody[:2]:
        answers = {verb: asker.browser.post(f"/privacy/{case.number}/{verb}/", {"reason": "x"}) for verb in VERBS}
        assert {verb for verb, answer in answers.items() if answer.status_code != 404} == set()
        for verb, facts in FACTS.items():
            path = f"/api/v1/privacy/cases/{case.number}/{verb}/"
            assert asker.program.post(path, facts, content_type="application/json").status_code == 404, verb
    case.refresh_from_db()
    assert case.state == "suspected"


@pytest.mark.parametrize("name", [name for name in PEOPLE if name != "dpo"])
def test_the_room_is_shut_for_every_single_role(company: Company, case: Case, name: str) -> None:
    browser = Client()
    browser.force_login(company.people[name])
    paths = ["/privacy/", "/api/v1/privacy/cases/", *(f"/privacy/{case.number}/{page}" for page in PAGES)]
    assert {browser.get(path).status_code for path in paths} == {404}
    assert "/privacy/" not in browser.get("/").content.decode(), "not even the navigation knows of it"


def test_the_officer_sees_all_of_it(company: Company, case: Case) -> None:
    browser = Client()
    browser.force_login(company.dpo)
    said = "".join(_text(browser.get(path)) for path in ("/", "/privacy/", f"/privacy/{case.number}/"))
    assert [word for word in (*SECRETS, case.number) if word not in said] == []
    [file] = Withheld.objects.filter(place="attachment")
    assert _text(browser.get(f"/privacy/{case.number}/files/{file.pk}/")) == "Mia;4.5"


def test_a_key_for_everything_is_not_one_for_cases(company: Company, case: Case) -> None:
    _key, plain = create_key(owner=company.dpo, name="test", scopes=["*"], actor=SYSTEM, now=company.now)
    program = Client(headers={"Authorization": f"Bearer {plain}"})
    assert program.get("/api/v1/privacy/cases/").status_code == 403


def addresses(case: Case) -> list[str]:
    """Every address of the product that can be asked for, filled in for this case and the incident behind it."""
    found = [_filled(route, case) for route in _routes(get_resolver().url_patterns)]
    incident = case.incident
    asked = [f"/incidents/?q={word}" for word in ("3b", "Vertraulich", "noten-3b")]
    asked += [f"/search/suggest/?q={word}" for word in ("3b", "Vertraulich", case.number)]
    asked += [
        f"/search/?q={case.number}",
        "/inbox/similar/?subject=Klasse 3b&body=Notenliste",
        "/inbox/?shelf=handed_on",
    ]
    asked += [f"/api/v1/incidents/?search={word}" for word in ("3b", "Vertraulich")]
    asked += [f"/sla/records/{to}?figure=arrivals" for to in ("", "export/")]
    asked += [f"/incidents/{incident.number}/?show={kind}" for kind in ("notes", "messages", "escalation")]
    return [*found, *asked]


def _routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + _plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            if not route.startswith(NOT_OURS):
                yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def _plain(pattern: str) -> str:
    """A regular expression's named groups as `<name>`, like the other routes have them."""
    if "(?P<" in pattern:
        while re.search(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", pattern):
            pattern = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", pattern)
    return pattern.removeprefix("^").removesuffix("$").replace("\\.", ".").replace("/?", "").replace("\\Z", "")


def _filled(route: str, case: Case) -> str:
    incident: Incident = case.incident
    contact = Contact.objects.filter(incident=incident).earliest("pk")
    number = {"privacy": case.number, "inbox": contact.number, "contacts": contact.number}
    place = route.removeprefix("api/v1/").partition("/")[0]
    values = {
        "number": number.get(place, incident.number),
        "id": "1",
        "pk": "1",
        "file_id": "1",
        "day": "2026-01-01",
        "row": str(Withheld.objects.get(place="attachment").pk),
    }
    if route.startswith("ping/"):
        values["key"] = "00000000-0000-4000-8000-000000000000"
    if "sla/export/" in route:
        values |= {"key": "promises", "panel": "by-school"}
    if "privacy/law/" in route:
        values |= {"number": "1", "kind": "authorities", "key": "canton_zh"}
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: _value(route, found[1], values), route)


FIXED = {
    "slug": "note", "verb": "note", "kind": "x", "token": "x", "ending": "zip", "attachment_id": "1",
    "override_pk": "1", "layer_pk": "1", "digest": "0" * 40, "key": "developer_1", "chain": "functional", "rest": "x",
    "name": "main", "source": "main", "language": "de", "username": "dpo", "version": "1", "format": "json",
    "form": "F7", "shape": "json", "what": "log",
}  # fmt: skip


def _value(route: str, name: str, values: dict[str, str]) -> str:
    value = values.get(name) or FIXED.get(name)
    assert value is not None, f"{route}: nobody has said here what stands for <{name}>"
    return value


def _ask(asker: Asker, path: str) -> HttpResponseBase:
    return (asker.program if path.startswith("/api/") else asker.browser).get(path)


def _text(answer: HttpResponseBase) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return bytes(content).decode("utf-8", "replace")
