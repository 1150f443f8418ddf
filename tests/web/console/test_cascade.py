"""Ending an incident with open ones below it: the form lists them and asks whether they go the same way."""

from __future__ import annotations

import pytest

from incidents.models import Incident
from lifecycle import connect
from tests.company import Company
from tests.web.console.conftest import Entering

ENDINGS = [
    ("resolve", {"code": "solved_permanently", "text": "Neu gestartet"}, "resolved", "ebenfalls lösen"),
    ("cancel", {"code": "withdrawn", "reason": "Fehlalarm"}, "cancelled", "ebenfalls stornieren"),
]
CASES = pytest.mark.parametrize(("verb", "facts", "status", "words"), ENDINGS, ids=["resolve", "cancel"])
Facts = dict[str, str]


def family(company: Company) -> tuple[Incident, Incident]:
    """A parent and its child."""
    parent, child = company.incident(), company.incident(title="Login geht nicht")
    connect.link(child.number, kind="child", target=parent.number, by=company.by("support"), now=company.now)
    return parent, child


@CASES
def test_page_and_dialog_list_what_is_open_below(
    verb: str, facts: Facts, status: str, words: str, enter: Entering, company: Company
) -> None:
    parent, child = family(company)
    path = f"/incidents/{parent.number}/{verb}/"
    client = enter("support")
    for headers in ({}, {"HX-Request": "true", "HX-Target": "sheet-body"}):
        shown = client.get(path, headers=headers).content.decode()
        assert f"{child.number}</a>" in shown
        assert "Login geht nicht" in shown
        assert f"Untergeordnete Incidents {words}" in shown
    alone = client.get(f"/incidents/{child.number}/{verb}/").content.decode()
    assert 'name="cascade"' not in alone


@CASES
def test_without_the_tick_the_children_are_named_and_with_it_all_end(
    verb: str, facts: Facts, status: str, words: str, enter: Entering, company: Company
) -> None:
    parent, child = family(company)
    path = f"/incidents/{parent.number}/{verb}/"
    client = enter("support")
    refused = client.post(path, facts)
    assert refused.status_code == 422
    assert f"Zuerst die untergeordneten Incidents abschliessen: {child.number}" in refused.content.decode()
    assert client.post(path, {**facts, "cascade": "on"}).status_code == 302
    assert set(Incident.objects.values_list("status", flat=True)) == {status}
    story = client.get(f"/incidents/{child.number}/").content.decode()
    assert f"zusammen mit {parent.number}" in story


def test_a_child_that_joined_after_the_form_was_shown_is_named_and_asked_for(enter: Entering, company: Company) -> None:
    parent, child = company.incident(), company.incident()
    client = enter("support")
    path = f"/incidents/{parent.number}/resolve/"
    assert 'name="cascade"' not in client.get(path).content.decode()
    connect.link(child.number, kind="child", target=parent.number, by=company.by("support"), now=company.now)
    again = client.post(path, ENDINGS[0][1])
    page = again.content.decode()
    assert again.status_code == 422
    assert "Neu gestartet" in page
    assert 'name="cascade"' in page
