"""Whatever stands in an address or a form is a text: never an error of ours, never two kinds of line end."""

from __future__ import annotations

from urllib.parse import quote_from_bytes

import pytest

from core.models import Event
from incidents.models import Incident
from tests.company import Company
from tests.web.console.conftest import Entering

UNFIT = {"NUL": b"\x00", "lone surrogate": b"\xed\xa0\x80", "no UTF-8": b"\xff"}
READ = [
    "/inbox/?shelf=*&after=*",
    "/inbox/similar/?subject=*&body=*",
    "/inbox/*/",
    "/incidents/?q=*&status=*&priority=*&school=*&assignee=*&sort=*&after=*",
    "/incidents/export/?q=*&format=*",
    "/incidents/*/",
    "/incidents/*/edit/",
    "/search/?q=*",
    "/search/suggest/?q=*",
    "/api/v1/incidents/?search=*",
    "/api/v1/incidents/*/",
    "/api/v1/contacts/*/",
    "/admin/directory/person/?q=*",
    "/accounts/login/?next=*",
]
WRITTEN = {
    "/language/": ("language", "next"),
    "/incidents/view/": ("name", "query"),
    "/incidents/bulk/": ("action", "number"),
    "/incidents/priority/": ("urgency_criteria", "impact_criteria"),
    "/bell/read/": ("id", "next"),
    "/inbox/new/": ("reporter_name", "school", "subject", "kind", "body"),
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT)
def test_what_no_database_keeps_is_never_an_error_of_ours(unfit: bytes, enter: Entering, company: Company) -> None:
    sent = quote_from_bytes(unfit)
    client = enter("it")
    reached = {path: client.get(path.replace("*", sent)).status_code for path in READ}
    assert {path: status for path, status in reached.items() if status >= 500} == {}
    for path, fields in WRITTEN.items():
        body = "&".join(f"{field}={sent}" for field in fields)
        answer = client.post(path, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code < 500, path


ENDLESS = "9" * 5000  # Python refuses to read such a number


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/bell/read/", "message"),
        ("/health/replay/", "message"),
        ("/health/replay/", "delivery"),
        ("/incidents/view/", "remove"),
        ("/incidents/bulk/do/", "person"),
        ("/incidents/bulk/undo/", "was"),
    ],
)
def test_a_number_without_end_names_nothing(path: str, name: str, enter: Entering, company: Company) -> None:
    incident = company.incident()
    sent = {"number": incident.number, "action": "assign"}
    answer = enter("it").post(path, sent | {name: f"{incident.number}={ENDLESS}" if name == "was" else ENDLESS})
    assert answer.status_code in (200, 302)


def test_a_next_that_is_no_path_leads_home(enter: Entering) -> None:
    for elsewhere in ("inbox", "https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert enter("support").post("/language/", {"language": "en", "next": elsewhere})["Location"] == "/"


def test_editing_the_title_leaves_a_text_of_several_lines_alone(enter: Entering, company: Company) -> None:
    incident = company.incident(title="Alt", symptom="Erste Zeile\nZweite Zeile\n")
    facts = {"title": "Neu", "symptom": "Erste Zeile\r\nZweite Zeile", "category": "software", "version": 1}
    enter("support").post(f"/incidents/{incident.number}/edit/", facts)
    assert Event.objects.get(kind="incident.edited").data["fields"] == "title"
    assert Incident.objects.get().symptom == "Erste Zeile\nZweite Zeile\n"
