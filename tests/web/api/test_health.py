"""Health through the API: the same facts as the console's room, for those who hold a role."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM
from core.models import Pulse
from directory.models import Person
from integrations.services import create_source
from tests.company import Company
from tests.web.api.conftest import Programs

pytestmark = pytest.mark.django_db


def test_signs_of_life_sources_and_outbox_stand_side_by_side(programs: Programs, company: Company) -> None:
    Pulse.objects.create(name="sweeper", at=company.now)
    create_source(kind="sentry", name="main", secret="s" * 32, actor=SYSTEM, now=company.now)
    company.incident(urgency="high", impact="high")

    health = programs.it.get("health/").json()

    assert health["pulses"] == [{"name": "sweeper", "at": "2026-11-23T08:00:00Z"}]
    assert [(source["kind"], source["name"], source["dead"]) for source in health["sources"]] == [("sentry", "main", 0)]
    assert health["messages"]["due"] > 0
    assert health["messages"]["dead"] == 0
    assert "s" * 32 not in str(health)


def test_somebody_without_a_role_does_not_see_it(programs: Programs, company: Company) -> None:
    company.people["teacher"] = Person.objects.create_user("teacher")

    assert programs.teacher.get("health/").status_code == 403
