"""The management keeps its decisions in the console; everybody reads them on the timeline."""

from __future__ import annotations

from incidents.models import Incident
from tests.company import Company
from tests.web.console.conftest import Entering


def test_the_board_keeps_a_decision_with_its_grounds_and_all_read_it(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/"
    board = enter("board")
    assert f"{path}strategic-decision/" in board.get(path).content.decode()
    assert f"{path}strategic-decision/" not in enter("support").get(path).content.decode()
    facts = {"decision": "Wir wechseln den <b>Anbieter</b>.", "grounds": "Dritter Ausfall."}
    assert "Entscheid festgehalten" in board.post(f"{path}strategic-decision/", facts, follow=True).content.decode()
    assert Incident.objects.get().management_level == 3
    page = enter("support").get(path).content.decode()
    assert "<strong>Strategischer Entscheid</strong>" in page
    assert "Wir wechseln den &lt;b&gt;Anbieter&lt;/b&gt;." in page
    assert "§5.2/3a" in page


def test_a_project_manager_is_offered_what_is_theirs(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/"
    form = enter("pm").get(f"{path}product-change/").content.decode()
    assert 'value="necessary"' in form
    assert 'value="extensive"' not in form
    assert 'value="extensive"' in enter("board").get(f"{path}product-change/").content.decode()
    said = {"recipient": "Schulpflege", "channel": "phone", "said": "Bis Mittag.", "said_at": ""}
    answer = enter("pm").post(f"{path}external-communication/", said, follow=True).content.decode()
    assert "An: Schulpflege" in answer
    assert "Telefonanruf, 23.11.2026, 09:00" in answer
    assert enter("pm").post(f"{path}crisis/", {"situation": "a", "measures": "b"}).status_code == 403
