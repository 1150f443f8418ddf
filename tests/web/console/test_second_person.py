"""Near the due time a lower priority takes two people, and the page says so before and after (R8)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from incidents.models import Incident
from tests.company import Company
from tests.web.console.conftest import Entering

BEFOREHAND = "sie gilt, sobald eine zweite Person sie bestätigt"


@pytest.fixture
def path(company: Company, settings: Settings) -> str:
    """A critical incident of which nearly all the time is used."""
    incident = company.incident(urgency="high", impact="high")
    Path(str(settings.CLOCK_FILE)).write_text((company.now + timedelta(hours=3)).isoformat())
    return f"/incidents/{incident.number}/"


def criteria(company: Company) -> dict[str, list[str]]:
    """What makes an incident low."""
    document = Incident.objects.get().process_version.data
    return {
        f"{side}_criteria": [entry["key"] for entry in document[f"{side}_criteria"] if entry["level"] == "low"][:1]
        for side in ("urgency", "impact")
    }


def test_the_dialog_says_beforehand_that_a_second_person_decides(
    enter: Entering, company: Company, path: str, settings: Settings
) -> None:
    client = enter("support")
    late = client.get(f"{path}set-priority/").content.decode()
    assert BEFOREHAND in late
    assert 'name="reason"' in late
    Path(str(settings.CLOCK_FILE)).write_text(company.now.isoformat())
    early = client.get(f"{path}set-priority/").content.decode()
    assert BEFOREHAND not in early
    assert 'name="reason"' not in early


def test_it_is_proposed_shown_to_all_and_decided_by_another(enter: Entering, company: Company, path: str) -> None:
    proposer, decider, outsider = enter("support"), enter("support2"), enter("board")
    lower = criteria(company)
    missing = proposer.post(f"{path}set-priority/", lower)
    assert missing.status_code == 422
    assert 'id="id_reason_error"' in missing.content.decode()
    done = proposer.post(f"{path}set-priority/", {**lower, "reason": "Umgehung wirkt"}, follow=True).content.decode()
    assert "jemand anderes entscheidet" in done
    assert "Darüber entscheidet eine andere Person" in done
    assert f"{path}confirm-priority/" not in done
    seen = decider.get(path).content.decode()
    notice = seen[seen.index('id="proposal"') : seen.index('class="incident-head"')]
    for words in ("Sina Muster schreibt dazu:", "«Umgehung wirkt»", "Kritisch", "Niedrig"):
        assert words in notice
    assert f"{path}confirm-priority/" in notice
    assert f"{path}reject-priority/" in notice
    assert f"{path}confirm-priority/" not in outsider.get(path).content.decode()
    assert proposer.post(f"{path}confirm-priority/").status_code == 403
    assert decider.post(f"{path}confirm-priority/").status_code == 302
    after = decider.get(path).content.decode()
    assert 'id="proposal"' not in after
    assert "vorgeschlagen von Sina Muster, bestätigt von Silas Beispiel" in after
    assert Incident.objects.get().priority == "low"
    again = decider.post(f"{path}confirm-priority/")
    assert again.status_code == 422
    assert "kein Vorschlag" in again.content.decode()


def test_a_rejection_says_why(enter: Entering, company: Company, path: str) -> None:
    enter("support").post(f"{path}set-priority/", {**criteria(company), "reason": "Umgehung wirkt"})
    client = enter("dev")
    assert 'name="reason"' in client.get(f"{path}reject-priority/").content.decode()
    assert client.post(f"{path}reject-priority/", {}).status_code == 422
    assert client.post(f"{path}reject-priority/", {"reason": "Morgen sind Zeugnisse"}).status_code == 302
    page = client.get(path).content.decode()
    assert 'id="proposal"' not in page
    assert "Tiefere Priorität abgelehnt" in page
    assert "Morgen sind Zeugnisse" in page
    assert Incident.objects.get().priority == "critical"
