"""Files: in with limits, out only as downloads and only for those who may see the incident."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from directory.models import Person
from incidents.models import Attachment
from tests.company import Company
from tests.web.api.conftest import Program, Programs

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(company: Company) -> str:
    """Address of an incident's files."""
    return f"incidents/{company.incident().number}/attachments/"


def upload(program: Program, path: str, content: bytes = b"hello", name: str = "log.txt") -> Any:
    return program.http.post(f"/api/v1/{path}", {"file": SimpleUploadedFile(name, content, "text/html")})


def test_a_file_comes_back_byte_for_byte_as_a_download(programs: Programs, path: str) -> None:
    content = b"<script>alert(1)</script>\x00\xff"
    kept = upload(programs.support, path, content, "böse.html").json()

    listed = programs.dev.get(path).json()["results"]
    response = programs.dev.get(f"{path}{kept['id']}/")

    assert kept["sha256"] == hashlib.sha256(content).hexdigest()
    assert [entry["name"] for entry in listed] == ["böse.html"]
    assert b"".join(response.streaming_content) == content
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")


def test_a_file_of_another_incident_is_404(programs: Programs, company: Company, path: str) -> None:
    kept = upload(programs.support, path).json()
    other = company.incident().number

    assert programs.dev.get(f"incidents/{other}/attachments/{kept['id']}/").status_code == 404
    assert programs.dev.get(f"{path}999999999999999999/").status_code == 404


def test_somebody_who_may_not_see_the_incident_sees_no_file(programs: Programs, company: Company, path: str) -> None:
    kept = upload(programs.support, path).json()
    company.people["teacher"] = Person.objects.create_user("teacher")

    for address in (path, f"{path}{kept['id']}/"):
        assert programs.teacher.get(address).status_code == 404
    assert upload(programs.teacher, path).status_code == 404


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "empty.txt"), (b"x", "virus.exe"), (b"MZ\x90\x00", "photo.png"), (b"\x7fELF\x02", "log.txt")],
)
def test_an_empty_or_executable_file_is_400(programs: Programs, path: str, content: bytes, name: str) -> None:
    response = upload(programs.support, path, content, name)

    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "file")
    assert not Attachment.objects.exists()


def test_a_body_without_a_file_is_400_and_json_is_415(programs: Programs, path: str) -> None:
    empty = programs.support.http.post(f"/api/v1/{path}", {"note": "x"})

    assert empty.status_code == 400
    assert programs.support.post(path, {"file": "x"}).status_code == 415


def test_a_file_beyond_the_limit_is_400_and_one_far_beyond_is_413(
    programs: Programs, path: str, settings: Settings
) -> None:
    settings.ATTACHMENT_MAX_BYTES = 2000

    assert upload(programs.support, path, b"x" * 2001).status_code == 400
    assert upload(programs.support, path, b"x" * 80_000).status_code == 413
    assert upload(programs.support, path, b"x" * 2000).status_code == 201
