"""The API describes itself: a valid OpenAPI 3.1 document, every verb in it, and the server keeps what it promises."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.transport import Response as Answer
from schemathesis.generation import GenerationMode

from api import schema as described
from escola_im.wsgi import application
from incidents.rules.states import Verb
from tests.company import Company
from tests.web.api.conftest import Programs

WITHOUT_ADDRESS = {Verb.EDIT, Verb.ATTACH, Verb.TICK}


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    """The document."""
    result: dict[str, Any] = json.loads(described.document("de-ch"))
    return result


def operations(openapi: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, found) for path, methods in openapi["paths"].items() for method, found in methods.items()]


def test_the_schema_is_valid_openapi_3_1(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"].startswith("3.1.")
    validate_schema(openapi)


def test_making_the_schema_leaves_nothing_to_guess() -> None:
    GENERATOR_STATS.reset()
    described.document.cache_clear()
    described.document("de-ch")

    assert dict(GENERATOR_STATS._warn_cache) == {}
    assert dict(GENERATOR_STATS._error_cache) == {}


def test_everybody_can_read_it_and_the_page_runs_under_the_strict_policy() -> None:
    browser = Client()
    schema, page = browser.get("/api/v1/schema/"), browser.get("/api/v1/docs/")
    script = browser.get("/api/v1/docs/?script=")

    assert schema.json()["info"]["title"] == "Escola IM"
    assert (page.status_code, script["Content-Type"]) == (200, "application/javascript")
    text = page.content.decode()
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "<style" not in text
    assert " style=" not in text
    assert text.count("<script src=") == text.count("<script") == 3
    assert "//cdn" not in text + script.content.decode()


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb not in WITHOUT_ADDRESS], ids=str)
def test_every_verb_has_an_address_a_summary_and_an_example(openapi: dict[str, Any], verb: Verb) -> None:
    path = f"/api/v1/incidents/{{number}}/{verb.value.replace('_', '-')}/"

    operation = openapi["paths"][path]["post"]

    assert operation["summary"]
    assert operation["requestBody"]["content"]["application/json"]["examples"]
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/IncidentOut")
    headers = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"}
    assert {"Idempotency-Key", "If-Match"} <= headers


def test_every_operation_says_how_it_fails(openapi: dict[str, Any]) -> None:
    for path, method, operation in operations(openapi):
        problems = {"400", "401", "403", "404", "429", "503"} | ({"409", "412", "415"} if method != "get" else set())
        assert problems <= operation["responses"].keys(), (method, path)
        for status in problems:
            assert "application/problem+json" in operation["responses"][status]["content"], (method, path, status)


def test_the_record_is_described_with_an_example_that_fits(openapi: dict[str, Any]) -> None:
    described_fields = openapi["components"]["schemas"]["IncidentOut"]["properties"].keys()
    content = openapi["paths"]["/api/v1/incidents/{number}/"]["get"]["responses"]["200"]["content"]
    example = content["application/json"]["examples"]["Incident"]["value"]

    assert example.keys() == described_fields


def test_the_filters_of_the_list_are_described(openapi: dict[str, Any]) -> None:
    names = {parameter["name"] for parameter in openapi["paths"]["/api/v1/incidents/"]["get"]["parameters"]}

    assert {"q", "status", "priority", "assignee", "team", "cursor", "page_size", "sort"} <= names


def not_a_server_error(ctx: Any, response: Answer, case: Any) -> None:
    """Nothing a caller sends may break the server; what it answers is a problem or what the schema says."""
    assert response.status_code < 500, (case.method, case.formatted_path, case.body, response.text)
    if response.status_code >= 400:
        assert response.headers["content-type"] == ["application/problem+json"], case.formatted_path


schemathesis.checks.load_all_checks()
CHECKS = [
    not_a_server_error,
    *schemathesis.checks.CHECKS.get_by_names(
        ["status_code_conformance", "response_schema_conformance", "content_type_conformance"]
    ),
]
EXAMPLES_EACH = int(os.environ.get("API_EXAMPLES", "2"))  # more for a long hunt by hand


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The server shares the test's transaction; it must not close its connection between requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("_one_connection")
def test_whatever_is_sent_the_server_keeps_what_the_schema_says(company: Company, programs: Programs) -> None:
    number = company.incident().number
    headers = {"Authorization": programs.lead.http.defaults["HTTP_AUTHORIZATION"]}
    loaded = schemathesis.openapi.from_dict(json.loads(described.document("de-ch")))
    loaded.app = application
    loaded.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    tried = 0

    for result in loaded.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES_EACH,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def send(case: Any) -> None:
            nonlocal tried
            tried += 1
            if "number" in case.path_parameters and tried % 2:
                case.path_parameters["number"] = number
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS)

        send()

    assert tried >= 30 * EXAMPLES_EACH
