import json

import pytest
import redis.exceptions
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from escola_im.middleware import Outage
from escola_im.outage import server_error

DATABASE_AWAY = OperationalError("connection refused")


def answer_to(request: HttpRequest, error: Exception = DATABASE_AWAY) -> HttpResponse:
    response = Outage(lambda _request: HttpResponse()).process_exception(request, error)
    assert response is not None
    return response


@pytest.mark.parametrize("path", ["/api/v1/incidents/", "/hooks/sentry/main/"])
def test_a_program_is_told_in_problem_details_when_to_come_back(rf: RequestFactory, path: str) -> None:
    response = answer_to(rf.post(path, {}), redis.exceptions.ConnectionError())

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == 503


def test_a_form_still_holds_what_was_typed_but_no_secret(rf: RequestFactory) -> None:
    typed = {
        "symptom": "<b>Löhne</b> fehlen\nseit heute",
        "password": "geheim",
        "csrfmiddlewaretoken": "xyz-csrf",
        "evidence": SimpleUploadedFile("bild.png", b"x"),
    }
    page = answer_to(rf.post("/contacts/new/", typed)).content.decode()

    assert "&lt;b&gt;Löhne&lt;/b&gt; fehlen\nseit heute" in page
    assert "bild.png" in page
    assert "geheim" not in page
    assert "xyz-csrf" not in page


def test_the_page_speaks_the_readers_language(rf: RequestFactory) -> None:
    with translation.override("de-ch"):
        page = answer_to(rf.get("/")).content.decode()

    assert 'lang="de-ch"' in page
    assert "Nichts ist verloren" in page


def test_an_error_of_ours_is_not_called_an_outage(rf: RequestFactory) -> None:
    outage = Outage(lambda _request: HttpResponse())
    assert outage.process_exception(rf.get("/"), IntegrityError("duplicate key")) is None


@pytest.mark.parametrize(("error", "status"), [(DATABASE_AWAY, 503), (ValueError("ours"), 500)])
def test_an_error_outside_the_views_gets_the_same_answer(rf: RequestFactory, error: Exception, status: int) -> None:
    try:
        raise error
    except (OperationalError, ValueError):
        response = server_error(rf.get("/"))

    assert response.status_code == status
    assert "Retry-After" in response if status == 503 else "Retry-After" not in response
