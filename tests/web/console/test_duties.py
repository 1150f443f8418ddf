"""The checklist of the level that holds an incident: ticked by anyone, with or without scripts."""

from __future__ import annotations

import re

from incidents.models import DutyDone
from lifecycle import climb, finish
from tests.company import Company
from tests.web.console.conftest import Entering

TICK = "functional/1/workaround"
HTMX = {"HX-Request": "true", "HX-Target": "duties"}


def test_without_scripts_a_tick_comes_back_to_the_list_with_who_and_the_way_back(
    enter: Entering, company: Company
) -> None:
    path = f"/incidents/{company.incident().number}/"
    support = enter("support")
    assert f'value="{TICK}/done" role="checkbox" aria-checked="false"' in support.get(path).content.decode()
    answer = support.post(f"{path}duties/", {"duty": f"{TICK}/done"})
    assert (answer.status_code, answer["Location"]) == (302, f"{path}#duty-functional-workaround")
    page = enter("dev").get(path).content.decode()
    assert f'value="{TICK}/open" role="checkbox" aria-checked="true"' in page
    assert re.search(r'done-by">Sina Muster, ', page)
    assert "Erledigt: Workarounds" in page
    support.post(f"{path}duties/", {"duty": f"{TICK}/open"})
    assert not DutyDone.objects.exists()
    assert "Doch nicht erledigt: Workarounds" in support.get(path).content.decode()


def test_with_scripts_only_the_list_is_sent(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/"
    answer = enter("support").post(f"{path}duties/", {"duty": f"{TICK}/done"}, headers=HTMX)
    fragment = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in fragment
    assert "csrfmiddlewaretoken" not in fragment
    assert fragment.count('aria-checked="true"') == 1


def test_the_managements_list_joins_when_the_management_holds_it(enter: Entering, company: Company) -> None:
    number = company.incident().number
    path, pm = f"/incidents/{number}/", enter("pm")
    assert "Für das Management zu tun" not in pm.get(path).content.decode()
    climb.escalate(number, chain="management", reason="product_change", by=company.by("support"), now=company.now)
    assert "Für das Management zu tun" in pm.get(path).content.decode()
    pm.post(f"{path}duties/", {"duty": "management/2/change_product/done"})
    assert DutyDone.objects.get().chain == "management"


def test_a_list_that_is_out_of_date_ticks_nothing_and_says_so(enter: Entering, company: Company) -> None:
    number = company.incident().number
    path, support = f"/incidents/{number}/", enter("support")
    climb.escalate(number, chain="functional", reason="technical_incident", by=company.by("dev"), now=company.now)
    answer = support.post(f"{path}duties/", {"duty": f"{TICK}/done"}, follow=True)
    assert "nichts wurde abgehakt" in answer.content.decode()
    told = support.post(f"{path}duties/", {"duty": f"{TICK}/done"}, headers=HTMX)
    assert told["HX-Redirect"] == path
    assert not DutyDone.objects.exists()


def test_nonsense_is_refused_and_what_is_over_has_no_list(enter: Entering, company: Company) -> None:
    number = company.incident().number
    path, support = f"/incidents/{number}/", enter("support")
    for duty in ("", "functional/analyse", "functional/x/analyse/done", "a/1/2/3/4"):
        assert support.post(f"{path}duties/", {"duty": duty}).status_code == 400
    assert support.get(f"{path}duties/").status_code == 405
    finish.resolve(number, code="solved_permanently", text="Gut.", by=company.by("support"), now=company.now)
    assert 'role="checkbox"' not in support.get(path).content.decode()
