"""`incidents/{number}/cascade/` shows what `cascade` on resolve and cancel would touch; the verbs touch just that."""

from __future__ import annotations

import pytest

from directory.models import Person
from incidents.models import Incident
from lifecycle import connect
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db
SOLVED = {"code": "solved_permanently", "text": "Korrigiert."}


def family(company: Company) -> tuple[Incident, Incident]:
    """A parent and its child."""
    parent, child = company.incident(), company.incident(title="Login geht nicht")
    connect.link(child.number, kind="child", target=parent.number, by=company.by("support"), now=company.now)
    return parent, child


def test_the_preview_lists_what_is_open_below(company: Company, programs: Programs) -> None:
    parent, child = family(company)

    rows = programs.board.get(f"incidents/{parent.number.lower()}/cascade/")

    assert rows.status_code == 200
    assert rows.json() == [{"number": child.number, "title": "Login geht nicht", "status": "new", "priority": "medium"}]
    assert programs.board.get(f"incidents/{child.number}/cascade/").json() == []


def test_the_preview_tells_a_reporter_nothing_of_others(company: Company, programs: Programs) -> None:
    parent, child = family(company)
    company.people["teacher"] = Person.objects.create_user("teacher")
    Incident.objects.filter(pk=parent.pk).update(reporter=company.people["teacher"])

    assert programs.teacher.get(f"incidents/{parent.number}/cascade/").json() == []
    assert programs.teacher.get(f"incidents/{child.number}/cascade/").status_code == 404


def test_links_name_only_what_one_may_know_of(company: Company, programs: Programs) -> None:
    parent, child = family(company)
    company.people["teacher"] = Person.objects.create_user("teacher")
    Incident.objects.filter(pk=parent.pk).update(reporter=company.people["teacher"])

    assert programs.teacher.get(f"incidents/{parent.number}/").json()["links"] == []
    links = programs.support.get(f"incidents/{parent.number}/").json()["links"]
    assert links == [{"kind": "child", "direction": "in", "number": child.number}]


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [("resolve", SOLVED, "resolved"), ("cancel", {"code": "withdrawn", "reason": "Fehlalarm"}, "cancelled")],
)
def test_children_are_named_until_the_caller_says_they_go_too(
    company: Company, programs: Programs, verb: str, body: dict[str, str], status: str
) -> None:
    parent, child = family(company)

    refused = programs.support.post(f"incidents/{parent.number}/{verb}/", {**body, "cascade": False})
    done = programs.support.post(f"incidents/{parent.number}/{verb}/", {**body, "cascade": True})

    [error] = refused.json()["errors"]
    assert (refused.status_code, error["field"]) == (400, "children")
    assert child.number in error["message"]
    assert (done.status_code, done.json()["status"]) == (200, status)
    assert programs.support.get(f"incidents/{child.number}/").json()["status"] == status
