"""The list of affected schools as the officer's spreadsheet saves it (P-7.3)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client

from directory.models import School
from privacy.models import AffectedSchool, Case
from tests.company import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(company: Company) -> Case:
    """In which a school with an umlaut may be affected."""
    School.objects.filter(name="Schule Musterwil").update(name="Schule Müsterwil")
    return Case.objects.get(incident=company.incident(symptom="Liste im Netz", data_protection=True))


def send(company: Company, case: Case, raw: bytes, **more: object) -> HttpResponseBase:
    """The form with a file."""
    browser = Client()
    browser.force_login(company.dpo)
    facts = {"file": SimpleUploadedFile("schulen.csv", raw), "version": case.version, **more}
    return browser.post(f"/privacy/{case.number}/affect/", facts)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_it_is_read_however_the_spreadsheet_saved_it(company: Company, case: Case, encoding: str) -> None:
    answer = send(company, case, "Schule;Personen\r\nSchule Müsterwil;1'200\r\n".encode(encoding))
    assert (answer.status_code, AffectedSchool.objects.get().persons) == (302, 1200)


def test_what_is_too_long_or_no_text_is_not_taken_in_part(company: Company, case: Case) -> None:
    lines = "Schule Müsterwil;1\n".encode() + b"\n" * 500_000
    for raw in (lines, b"\x81\x8d\x00\xff" * 10):
        assert send(company, case, raw).status_code == 422
    assert not AffectedSchool.objects.exists()


def test_a_school_that_is_ticked_and_listed_is_refused_beside_the_field(company: Company, case: Case) -> None:
    school = School.objects.get(name="Schule Müsterwil")
    answer = send(company, case, "Schule Müsterwil;1".encode(), schools=[str(school.pk)])
    assert answer.status_code == 422
    assert "Mehrfach genannt" in answer.content.decode()  # type: ignore[attr-defined]
