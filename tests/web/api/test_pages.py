"""Pages by keyset: a walk sees each row exactly once, whatever happens meanwhile, and costs the same on every page."""

from __future__ import annotations

import base64
import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.models import Event
from directory.services import create_person, save_school
from incidents.models import Contact, Incident, Link
from lifecycle import respond
from tests.company import Company
from tests.web.api.conftest import Program, Programs

pytestmark = pytest.mark.django_db


def copies(template: Incident, count: int, start: int) -> None:
    """More incidents like one, quickly; every third has no due instant, priorities go round."""
    clocks = list(template.clocks.all())
    rows = []
    for index in range(start, start + count):
        row = Incident.objects.get(pk=template.pk)
        row.pk, row.number = None, f"INC-2027-{index:06d}"
        row.priority_rank = index % 4 + 1
        row.next_due_at = None if index % 3 == 0 else template.created_at + timedelta(minutes=index % 7)
        rows.append(row)
    Incident.objects.bulk_create(rows)
    fresh = []
    for row in rows:
        for clock in clocks:
            clock.pk, clock.incident_id = None, row.pk
            fresh.append(type(clock)(**{f.attname: getattr(clock, f.attname) for f in clock._meta.concrete_fields}))
    type(fresh[0]).objects.bulk_create(fresh)


def walk(program: Program, path: str, between: Any = lambda: None, way: str = "next") -> list[str]:
    """Every number from the first page to the last."""
    seen: list[str] = []
    while path:
        page = program.get(path).json()
        seen += [row["number"] for row in page["results"]]
        between()
        path = page[way]
    return seen


@pytest.mark.parametrize("sort", ["newest", "oldest", "queue"])
def test_a_walk_sees_every_row_once_while_others_arrive(company: Company, programs: Programs, sort: str) -> None:
    template = company.incident()
    copies(template, 119, 1)
    before = set(Incident.objects.values_list("number", flat=True))
    arrivals = iter(range(1000, 2000))

    seen = walk(
        programs.dev,
        f"incidents/?sort={sort}&page_size=17",
        lambda: copies(template, 1, next(arrivals)) if Incident.objects.count() < 140 else None,
    )

    assert len(before) == 120
    assert before <= set(seen)
    assert max(Counter(seen).values()) == 1


@pytest.mark.parametrize("sort", ["newest", "oldest", "queue"])
def test_the_way_back_is_the_way_there(company: Company, programs: Programs, sort: str) -> None:
    copies(company.incident(), 22, 1)
    path = f"incidents/?sort={sort}&page_size=5"
    pages = []
    while path:
        page = programs.dev.get(path).json()
        pages.append(page)
        path = page["next"]

    assert pages[0]["previous"] is None
    back = programs.dev.get(pages[-1]["previous"]).json()
    for page in reversed(pages[:-1]):
        assert [row["number"] for row in back["results"]] == [row["number"] for row in page["results"]]
        if back["previous"]:
            back = programs.dev.get(back["previous"]).json()


def test_the_queue_is_sorted_by_priority_then_by_what_is_due_next(company: Company, programs: Programs) -> None:
    copies(company.incident(), 30, 1)

    numbers = walk(programs.dev, "incidents/?sort=queue&page_size=7")

    rows = {row.number: row for row in Incident.objects.all()}
    far = company.now + timedelta(days=9999)
    keys = [(rows[n].priority_rank, rows[n].next_due_at or far, rows[n].pk) for n in numbers]
    assert keys == sorted(keys)


def test_links_keep_the_filters(company: Company, programs: Programs) -> None:
    copies(company.incident(), 5, 1)

    following = programs.dev.get("incidents/?priority=medium&team=support&page_size=2").json()["next"]

    query = parse_qs(urlsplit(following).query)
    assert (query["priority"], query["team"], query["page_size"]) == (["medium"], ["support"], ["2"])


def forged(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def test_a_forged_cursor_is_400(company: Company, programs: Programs) -> None:
    copies(company.incident(), 5, 1)
    bad = [
        forged(),
        forged("newest"),
        forged("loudest", False, 1),
        forged("newest", "no", 1),
        forged("newest", False, "1"),
        forged("newest", False, True),
        forged("newest", False, None),
        forged("newest", False, 1, 2),
        forged("newest", False, 10**30),
        forged("queue", False, 1, "yesterday", 1),
        forged("queue", False, 1, "2026-01-01T00:00:00", 1),
        "%%%",
        "A" * 5000,
        "é",
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"[" * 700).decode(),
    ]
    for cursor in bad:
        response = programs.dev.http.get("/api/v1/incidents/", {"cursor": cursor})
        assert (cursor, response.status_code) == (cursor, 400)
        assert response.json()["errors"][0]["field"] == "cursor"


def test_a_cursor_of_another_order_is_400(company: Company, programs: Programs) -> None:
    copies(company.incident(), 5, 1)
    cursor = parse_qs(urlsplit(programs.dev.get("incidents/?page_size=2").json()["next"]).query)["cursor"][0]

    assert programs.dev.http.get("/api/v1/incidents/", {"cursor": cursor, "sort": "queue"}).status_code == 400


def queries_of(program: Program, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = program.get(path)
    assert response.status_code == 200, response.content
    return len(captured)


def test_a_list_costs_the_same_few_queries_for_10_and_200_rows(company: Company, programs: Programs) -> None:
    template = company.incident(school_id=None)
    copies(template, 9, 1)
    first = Incident.objects.order_by("id")[1]
    Link.objects.create(source=template, target=first, kind="related", created_at=company.now)
    paths = [
        "incidents/?page_size=200",
        "incidents/?page_size=200&sort=queue&open=true&priority=medium",
        "incidents/?page_size=200&q=noten",
    ]
    programs.dev.get(paths[0])
    few = [queries_of(programs.dev, path) for path in paths]

    copies(template, 190, 100)

    assert len(programs.dev.get(paths[0]).json()["results"]) == 200
    assert [queries_of(programs.dev, path) for path in paths] == few
    assert max(few) <= 12


def test_record_timeline_contacts_and_people_cost_a_constant_number_of_queries(
    company: Company, programs: Programs, now: datetime
) -> None:
    number = company.incident().number
    paths = [f"incidents/{number}/", f"incidents/{number}/events/", "contacts/", "people/", "teams/", "schools/"]
    respond.note(number, text="Notiz", by=company.by("dev"), now=now)
    programs.dev.get("me/")
    few = [queries_of(programs.dev, path) for path in paths]

    for index in range(10):
        respond.note(number, text="Notiz", by=company.by("dev"), now=now)
        company.incident()
        create_person(username=f"p{index}", roles=["support"], actor=SYSTEM, now=now)
        changes = {"name": f"Schule {index}", "canton": "BE", "project_manager": company.pm}
        save_school(changes=changes, actor=SYSTEM, now=now)

    assert Event.objects.count() > 30
    assert Contact.objects.count() == 11
    assert [queries_of(programs.dev, path) for path in paths] == few
    assert max(few) <= 8
