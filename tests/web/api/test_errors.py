"""Whatever goes wrong, the answer is a problem document that says what, and never a 500."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from django.test import Client

from incidents.models import Incident
from process.models import ProcessVersion
from tests.company import Company
from tests.web.api.conftest import Programs
from tests.web.api.test_incidents import CALL

pytestmark = pytest.mark.django_db


def problem_of(response: Any, status: int) -> dict[str, Any]:
    """The problem, after checking that it is a whole one."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail"} <= problem.keys()
    assert problem["status"] == status
    assert problem["detail"]
    return problem


def test_an_address_that_does_not_exist_is_a_problem_not_a_page(programs: Programs) -> None:
    paths = ["nowhere/", "incidents", "incidents/INC%00/", "incidents/../../etc/", "people/a b/"]
    for path, method in product(paths, ["get", "post", "delete"]):
        problem_of(getattr(programs.dev.http, method)(f"/api/v1/{path}"), 404)


def test_a_method_that_does_not_exist_is_405_and_names_those_that_do(programs: Programs, company: Company) -> None:
    response = programs.dev.http.delete(f"/api/v1/incidents/{company.incident().number}/")

    problem_of(response, 405)
    assert {"GET", "PATCH"} <= set(response["Allow"].split(", "))
    problem_of(programs.dev.http.options("/api/v1/incidents/"), 405)


def test_another_content_type_is_415(programs: Programs) -> None:
    problem_of(programs.support.raw("incidents/", b"channel=phone", "application/x-www-form-urlencoded"), 415)
    problem_of(programs.support.raw("incidents/", b"<a/>", "application/xml"), 415)


def test_a_body_beyond_the_limit_is_413(programs: Programs) -> None:
    body = json.dumps({**CALL, "symptom": "x" * 2_700_000}).encode()

    problem_of(programs.support.raw("incidents/", body), 413)


UNUSABLE = [
    b"{",
    b"\xff\xfe",
    b"",
    b"[]",
    b"null",
    b'"text"',
    b'{"channel": NaN}',
    b'{"channel": "phone", "channel": "email"}',
    b"[" * 100_000,
    b'{"a":' * 30 + b"1" + b"}" * 30,
    b'{"version": ' + b"9" * 5000 + b"}",
    b'{"version": 1e999}',
    b'{"version": 99999999999999999999}',
]


def test_what_is_no_usable_json_is_400(programs: Programs, company: Company) -> None:
    number = company.incident().number
    for body in UNUSABLE:
        problem_of(programs.support.raw("incidents/", body), 400)
        if body:
            problem_of(programs.support.raw(f"incidents/{number}/note/", body), 400)


def test_what_libraries_complain_of_reads_swiss_and_polite(programs: Programs) -> None:
    wrong = {"title": "x" * 200, "reported_at": "gestern", "reporter": {"email": "erna"}}
    said = json.dumps(problem_of(programs.support.post("incidents/", {**CALL, **wrong}), 400), ensure_ascii=False)

    assert "Erlaubt sind höchstens 160 Zeichen." in said
    assert "Geben Sie eine gültige E-Mail-Adresse ein." in said
    assert "Erlaubt ist: " in said
    assert problem_of(programs.support.raw("incidents/", b"null"), 400)["detail"] == "Erwartet wird ein JSON-Objekt."


TEXTS = ["a\x00b", "\ud800", "\udfff half"]
FIELDS = ["channel", "symptom", "title", "category", "module", "feedback_channel", "reporter", "school", "urgency"]


VALUES: list[Any] = [10**15, -1, 1.5, True, None, [], {}, [[]], {"a": {}}, "x" * 1_000_000]


def test_characters_that_do_not_exist_are_refused_in_every_field(programs: Programs) -> None:
    for name, text in product(FIELDS, TEXTS):
        problem = problem_of(programs.support.post("incidents/", {**CALL, name: text}), 400)

        assert (name, problem["errors"][0]["field"]) == (name, name)


def test_a_value_of_the_wrong_kind_is_never_a_500(programs: Programs) -> None:
    for name, value in product(FIELDS, VALUES):
        response = programs.support.post("incidents/", {**CALL, name: value})

        assert response.status_code in (201, 400), (name, value, response.content)


def test_strange_but_real_text_is_kept_and_made_harmless(programs: Programs) -> None:
    text = "<script>alert(1)</script> 🏫 \u202egnp.exe"

    record = programs.support.post("incidents/", {**CALL, "symptom": text}).json()

    assert record["symptom"] == "<script>alert(1)</script> 🏫 \ufffdgnp.exe"


def test_impossible_dates_are_400(programs: Programs) -> None:
    leap_second = "2026-11-22T23:59:60Z"
    for instant in [
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-11-22T24:30:00Z",
        leap_second,
        "x",
    ]:
        problem = problem_of(programs.support.post("incidents/", {**CALL, "reported_at": instant}), 400)

        assert (instant, problem["errors"][0]["field"]) == (instant, "reported_at")


def test_extreme_dates_in_filters_are_never_a_500(programs: Programs) -> None:
    instants = ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "9999-12-31"]
    for name, instant in product(["reported_after", "reported_before"], instants):
        assert programs.dev.get(f"incidents/?{name}={instant}").status_code in (200, 400), (name, instant)


def test_nul_in_a_parameter_is_400(programs: Programs) -> None:
    for name in ("q", "category", "team", "assignee", "cursor"):
        problem_of(programs.dev.get(f"incidents/?{name}=%00"), 400)


def test_before_the_first_document_recording_is_503_with_retry_after(programs: Programs) -> None:
    ProcessVersion.objects.update(is_current=False)

    response = programs.support.post("incidents/", CALL)

    problem_of(response, 503)
    assert int(response["Retry-After"]) > 0
    assert not Incident.objects.exists()


def test_a_browser_gets_to_read_the_answer(programs: Programs) -> None:
    response = programs.dev.get("incidents/", Accept="text/html")

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_the_console_session_needs_its_csrf_token(company: Company) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(company.support)

    assert browser.get("/api/v1/incidents/").status_code == 200
    problem_of(browser.post("/api/v1/incidents/", json.dumps(CALL), content_type="application/json"), 403)
