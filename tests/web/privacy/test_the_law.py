"""The law is read by who enters the officer's room and changed by officers, in the browser and by the API (§7)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.actors import SYSTEM
from directory.keys import create_key
from lifecycle import data_protection
from privacy.law import default_text
from privacy.models import Case, LawVersion
from privacy.selectors import current_law
from tests.company import Company

pytestmark = pytest.mark.django_db
ZUERICH = "/privacy/law/authorities/canton_zh/2026-01-01/"
ADDRESSES = [
    "/privacy/law/",
    "/privacy/law/text/",
    "/privacy/law/whole/",
    "/privacy/law/history/",
    "/privacy/law/sources/new/",
    "/privacy/law/authorities/new/",
    ZUERICH,
    f"{ZUERICH}succeed/",
]
OPEN = ("/privacy/law/", "/privacy/law/text/", "/privacy/law/history/")
API = "/api/v1/privacy/law/"


def browser(company: Company, name: str) -> Client:
    client = Client()
    client.force_login(company.people[name])
    return client


def program(company: Company, name: str, *scopes: str) -> Client:
    _key, plain = create_key(owner=company.people[name], name="test", scopes=scopes, actor=SYSTEM, now=company.now)
    return Client(headers={"Authorization": f"Bearer {plain}"})


@pytest.fixture
def officer(company: Company) -> Client:
    """The officer's browser."""
    return browser(company, "dpo")


@pytest.fixture
def reader(company: Company) -> Client:
    """Somebody who was named to read a case, and so enters the room."""
    case = Case.objects.get(incident=company.incident(symptom="Klasse 3b", data_protection=True))
    data_protection.let_read(case.number, person=company.dev, reason="hilft", by=company.by("dpo"), now=company.now)
    return browser(company, "dev")


def typed(client: Client, path: str, **changed: Any) -> dict[str, Any]:
    """What the form of a page would send, with some of it changed."""
    form = client.get(path).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return {
        name: value for name, value in {**sent, "note": "Laut Kanzlei", **changed}.items() if value not in (None, False)
    }


def test_it_says_that_it_is_no_advice_and_what_counsel_has_not_confirmed(officer: Client) -> None:
    page = officer.get("/privacy/law/").content.decode()
    total = sum(len(getattr(current_law(), room)) for room in ("regimes", "authorities", "duties", "contents"))
    assert "Keine Rechtsberatung" in page
    assert f"{total} von {total} Einträgen sind juristisch nicht bestätigt." in page
    for words in (
        "Datenschutzstelle der Stadt Zürich",
        "§ 12a IDG Zürich",
        "N4 · Cyberangriff dem BACS melden",
        "24 Stunden",
    ):
        assert words in page


def test_it_is_narrowed_by_words_kind_and_what_is_open(officer: Client) -> None:
    queries = {
        "find=thurgau": "Kantons Thurgau",
        "room=duties": "Cyberangriff",
        "show=placeholder": "Kantons Thurgau",
        "show=past": "Kein Eintrag passt",
    }
    for query, there in queries.items():
        page = officer.get(f"/privacy/law/?{query}").content.decode()
        assert there in page, query
        assert "Kantons Zürich" not in page, query


def test_the_officer_enters_an_office_confirmed_by_counsel_as_a_new_version(officer: Client) -> None:
    path = "/privacy/law/authorities/canton_tg/2026-01-01/"
    sent = typed(officer, path, url="https://datenschutz.tg.example", confirmed_by_counsel="on", is_placeholder="")
    assert officer.post(path, sent, follow=True).status_code == 200
    office = next(entry for entry in current_law().authorities if entry.key == "canton_tg")
    assert (office.url, office.confirmed_by_counsel, office.is_placeholder) == (
        "https://datenschutz.tg.example",
        True,
        False,
    )
    history = officer.get("/privacy/law/history/").content.decode()
    for words in (
        "Fassung 2",
        "Laut Kanzlei",
        "Dora Schutz",
        "Adresse im Netz",
        "<del>–</del>",
        "<del>nein</del> → <ins>ja</ins>",
    ):
        assert words in history


def test_sending_a_form_unchanged_makes_no_version(officer: Client) -> None:
    for path in ("/privacy/law/duties/n4_bacs/2025-04-01/", "/privacy/law/regimes/eu_eea/2018-05-25/"):
        assert officer.post(path, typed(officer, path)).status_code == 302, path
    assert "Nichts geändert" in officer.post(ZUERICH, typed(officer, ZUERICH), follow=True).content.decode()
    assert LawVersion.objects.count() == 1


def test_a_new_law_from_a_day_on_leaves_the_old_one_readable(officer: Client) -> None:
    path = f"{ZUERICH}succeed/"
    sent = typed(officer, path, valid_from="2027-07-01", report__limit_hours="72")
    officer.post(path, sent)
    old, new = (entry for entry in current_law().authorities if entry.key == "canton_zh")
    assert (str(old.valid_to), str(new.valid_from)) == ("2027-06-30", "2027-07-01")
    assert new.report is not None
    assert new.report.limit_hours == 72
    assert "gilt noch nicht" in officer.get("/privacy/law/?find=zürich").content.decode()


def test_a_duty_is_typed_in_hours_and_kept_in_minutes(officer: Client) -> None:
    path = "/privacy/law/duties/n1_controller_notice/2018-05-25/"
    sent = typed(officer, path)
    assert sent["target_min"] == "4"
    officer.post(path, {**sent, "target_min": "2.5", "alarm_min": ""})
    duty = next(entry for entry in current_law().duties if entry.key == "n1_controller_notice")
    assert (duty.target_min, duty.alarm_min) == (150, None)


def test_a_new_office_and_a_new_source_are_added(officer: Client) -> None:
    path = "/privacy/law/sources/new/"
    officer.post(path, typed(officer, path, tag="L99", text__de="Gutachten", text__en="Opinion"))
    path = "/privacy/law/authorities/new/"
    names = {"label__de": "Datenschutzstelle Musterwil", "label__en": "Office of Musterwil"}
    officer.post(path, typed(officer, path, **names, canton="ZH", city="Musterwil", source="L99"))
    assert (current_law().authorities[-1].label.de, current_law().authorities[-1].source) == (
        names["label__de"],
        ["L99"],
    )


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(officer: Client) -> None:
    right = typed(officer, ZUERICH, label__de="Neuer Name")
    wrong = {
        "url": ({"url": "http://x.example"}, "Eine Adresse, die mit https:// beginnt."),
        "valid_to": ({"valid_to": "2020-01-01"}, "Das Ende liegt vor dem Beginn."),
        "source": ({"source": "L1, L98"}, "Diese Quelle gibt es nicht: L98"),
        "report__threshold__en": ({"report__threshold__en": ""}, "Gehört zu einer Meldepflicht"),
        "channel__en": ({"channel__en": ""}, "Bitte in beiden Sprachen, oder in keiner."),
        "report__recommend__decide_from": (
            {"report__recommend__by": "severity"},
            "Nach der Schwere braucht beide Werte",
        ),
        "canton": ({"canton": "", "city": "Uster"}, "In welchem Kanton liegt sie?"),
        "note": ({"note": ""}, "Dieses Feld ist zwingend erforderlich."),
    }
    for field, (changed, sentence) in wrong.items():
        answer = officer.post(ZUERICH, {**right, **changed})
        assert answer.status_code == 422, field
        assert sentence in answer.context["form"].errors[field][0]
        assert "Neuer Name" in answer.content.decode()
    again = officer.post(f"{ZUERICH}succeed/", {**right, "valid_from": "2025-01-01"})
    assert "Das neue Recht muss später beginnen" in again.context["form"].errors["valid_from"][0]
    assert not LawVersion.objects.exists()


def test_the_whole_text_is_fetched_and_put_in_force_and_a_wrong_one_refused_by_line(officer: Client) -> None:
    text = b"".join(officer.get("/privacy/law/text/").streaming_content).decode()  # type: ignore[attr-defined]
    assert text == default_text()
    path, wrong = "/privacy/law/whole/", text.replace("applies_to: own", "applies_to: nobody")
    line = wrong[: wrong.index("applies_to: nobody")].count("\n") + 1
    for sent in ({"text": wrong}, {"text": "", "file": SimpleUploadedFile("law.yaml", wrong.encode())}):
        refused = officer.post(path, {**sent, "note": "Jahreswechsel"})
        page = refused.content.decode()
        assert refused.status_code == 422
        assert f"Zeile {line}" in page
        assert "applies_to: nobody" in page
        assert "Jahreswechsel" in page
    officer.post(path, {"text": text.replace("limit_hours: 72", "limit_hours: 48"), "note": "Kürzer"})
    assert current_law().regimes[3].report.limit_hours == 48  # type: ignore[union-attr]


def test_who_edits_an_older_version_loses_nothing_and_sees_it_first(officer: Client) -> None:
    stale = typed(officer, ZUERICH, label__de="Zweiter")
    path = "/privacy/law/sources/new/"
    officer.post(path, typed(officer, path, tag="L99", text__de="Gutachten", text__en="Opinion"))
    stale["version"] = "1"
    answer = officer.post(ZUERICH, stale)
    assert answer.status_code == 422
    assert "Inzwischen gilt eine andere Fassung" in answer.content.decode()
    assert "Zweiter" in answer.content.decode()


def test_readers_read_it_only_and_for_everybody_else_it_does_not_exist(company: Company, reader: Client) -> None:
    assert [path for path in ADDRESSES if reader.get(path).status_code == 200] == list(OPEN)
    assert "Neue Stelle" not in reader.get("/privacy/law/").content.decode()
    outside = browser(company, "it")
    assert {outside.get(path).status_code for path in ADDRESSES} == {404}
    assert reader.post(ZUERICH, {"note": "x"}).status_code == 404


def test_a_program_of_the_officer_reads_and_changes_it(company: Company, officer: Client) -> None:
    client = program(company, "dpo", "privacy:write")
    shipped = client.get(API).json()
    assert (shipped["number"], shipped["law"]["regimes"][0]["key"]) == (None, "cantonal_public")
    text = default_text().replace("limit_hours: 72", "limit_hours: 48")
    changed = client.put(API, {"text": text, "note": "Kürzer"}, content_type="application/json")
    assert (changed.status_code, changed.json()["number"], changed.json()["note"]) == (200, 2, "Kürzer")
    rows = client.get(f"{API}versions/").json()["results"]
    assert [(row["number"], row["is_current"]) for row in rows] == [(2, True), (1, False)]
    assert client.get(f"{API}versions/1/").json()["source"] == default_text()


def test_a_program_hears_which_line_is_wrong_and_others_get_nowhere(company: Company, reader: Client) -> None:
    wrong = {"text": default_text().replace("applies_to: own", "applies_to: nobody"), "note": ""}
    refused = program(company, "dpo", "privacy:write").put(API, wrong, content_type="application/json")
    assert refused.status_code == 400
    [problem] = refused.json()["errors"]
    line = wrong["text"][: wrong["text"].index("applies_to: nobody")].count("\n") + 1
    assert (problem["field"], problem["line"], problem["path"]) == ("text", line, "regimes[self].applies_to")
    told = program(company, "dev", "privacy:write")
    assert told.get(API).status_code == 200
    assert told.put(API, wrong, content_type="application/json").status_code == 403
    outside = program(company, "it", "*", "privacy:write")
    for path in (API, f"{API}versions/", f"{API}versions/1/"):
        assert outside.get(path).status_code == 404, path
    assert outside.put(API, wrong, content_type="application/json").status_code == 404
    assert program(company, "dpo", "*").get(API).status_code == 403
