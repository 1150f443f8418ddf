"""A lead sets a date by hand in the console, sees it marked as such, and takes it back (R15)."""

from __future__ import annotations

from tests.company import Company
from tests.web.console.conftest import Entering

DATE = {"clock": "resolution", "due_at": "2026-12-01T16:00", "reason": "Mit der Schule vereinbart"}


def test_it_is_set_shown_as_set_by_hand_and_taken_back(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/"
    lead = enter("lead")
    assert f"{path}set-due/" in lead.get(path).content.decode()
    assert "von Hand gesetzt" not in lead.get(path).content.decode()
    form = lead.get(f"{path}set-due/").content.decode()
    assert form.count('type="radio" name="clock"') == 2
    assert lead.post(f"{path}set-due/", DATE).status_code == 302
    page = lead.get(path).content.decode()
    assert page.count("von Hand gesetzt</span>") == 1
    assert "Frist von Hand gesetzt: Lösung bis 01.12.2026, 16:00" in page
    assert "Mit der Schule vereinbart" in page
    assert 'value="2026-12-01T16:00"' in lead.get(f"{path}set-due/").content.decode()
    assert lead.post(f"{path}set-due/", {**DATE, "due_at": "", "reason": "Doch heute"}).status_code == 302
    page = lead.get(path).content.decode()
    assert "von Hand gesetzt</span>" not in page
    assert "Wieder die zugesagte Frist: Lösung" in page


def test_what_cannot_be_is_said_beside_the_field(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/set-due/"
    lead = enter("lead")
    for wrong, field in [
        ({"due_at": "2026-11-01T10:00"}, "due_at"),
        ({"due_at": ""}, "due_at"),
        ({"reason": ""}, "reason"),
    ]:
        answer = lead.post(path, {**DATE, **wrong})
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.content.decode()


def test_a_clock_that_has_stopped_is_not_offered_and_others_than_leads_have_no_such_verb(
    enter: Entering, company: Company
) -> None:
    path = f"/incidents/{company.incident().number}/"
    support = enter("support")
    support.post(f"{path}acknowledge/")
    assert f"{path}set-due/" not in support.get(path).content.decode()
    assert support.post(f"{path}set-due/", DATE).status_code == 403
    form = enter("pm").get(f"{path}set-due/").content.decode()
    assert form.count('type="radio" name="clock"') == 1
