"""The public status page: read by anybody, kept by any cache, silent about what is nobody's business."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from lifecycle import public_status
from statuspage.models import Component, Notice
from tests.company import Company
from tests.web.console.conftest import Entering

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def outage(company: Company) -> Incident:
    public_status.save_page("escola", name=("Escola", "Escola"), by=company.by("it"), now=company.now)
    for name in (("Anmeldung", "Login"), ("Noten", "Grades")):
        public_status.save_component("escola", name=name, by=company.by("it"), now=company.now)
    return company.incident(reporter_name="Rita Melder")


def tell(company: Company, incident: Incident | None = None, hours: int = 0, **facts: str) -> int:
    notice = public_status.publish_notice(
        page="escola",
        title=(facts.get("title", "Anmeldung <b>gestört</b>"), "Login disturbed"),
        text=("Wir suchen.", "We are looking."),
        affected={Component.objects.get(name_de="Anmeldung").pk: "major"},
        incident=incident,
        by=company.by("support"),
        now=company.now - timedelta(hours=hours),
    )
    return notice.pk


def test_anybody_reads_how_things_stand_in_their_language_without_a_cookie(company: Company, outage: Incident):
    pk = tell(company, outage)
    answer = Client().get("/status/", headers={"accept-language": "fr, en;q=0.8"})
    text = answer.content.decode()
    assert "Login disturbed" in text
    assert "We are looking." in text
    assert '<html lang="en">' in text
    assert not answer.cookies
    assert "<script" not in text
    assert answer["Cache-Control"] == "public, max-age=30"
    assert "Accept-Language" in answer["Vary"]
    german = Client().get("/status/escola/de/").content.decode()
    assert "Anmeldung &lt;b&gt;gestört&lt;/b&gt;" in german
    assert "Dienste sind ausgefallen" in german
    assert "Wir suchen." in Client().get(f"/status/escola/notices/{pk}/?lang=de").content.decode()
    for secret in (outage.number, "Sina", "Rita", "Muster"):
        assert secret not in text + german
    again = Client().get("/status/", headers={"accept-language": "en", "if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_past_stands_by_month_and_a_page_costs_as_much_with_many_notices_as_with_one(
    company: Company, outage: Incident
):
    counts = []
    for number in range(3):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert Client().get("/status/escola/de/").status_code == 200
        counts.append(len(asked))
        pk = tell(company, hours=24 * 10 * (number + 1), title=f"Störung {number}")
        public_status.end_notice(pk, text=("Behoben.", ""), by=company.by("lead"), now=company.now)
    assert counts[-1] == counts[-2] <= 6
    history = Client().get("/status/escola/de/history/").content.decode()
    assert history.index("November 2026") < history.index("Oktober 2026")
    assert "Störung 2" in history


def test_programs_read_a_feed_and_a_summary(company: Company, outage: Incident):
    pk = tell(company, outage)
    feed = ET.fromstring(Client().get("/status/escola/en/feed.atom").content)  # noqa: S314
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Investigating: Login disturbed"
    summary = Client().get("/status/escola/summary.json").json()
    assert summary["state"] == "major"
    assert [(found["id"], found["title"]["en"]) for found in summary["open"]] == [(pk, "Login disturbed")]
    assert [entry["state"] for entry in summary["components"]] == ["major", "operational"]
    assert outage.number not in str(summary)


def test_what_is_not_there_is_not_there(company: Company, outage: Incident):
    pk = tell(company)
    public_status.save_page("andere", name=("Andere", "Other"), by=company.by("it"), now=company.now)
    for path in ("keine/", "escola/fr/", f"andere/notices/{pk}/", "escola/notices/0/"):
        assert Client().get(f"/status/{path}").status_code == 404
    both = Client().get("/status/").content.decode()
    assert "/status/andere/" in both
    assert "/status/escola/" in both
    assert Client().post("/status/escola/").status_code == 405


def test_the_page_is_set_up_and_spoken_on_in_the_settings(company: Company, enter: Entering) -> None:
    head, lead = enter("it"), enter("lead")
    names = {"name_de": "Escola", "name_en": "Escola"}
    assert head.post("/settings/status/new/", {"slug": "escola", **names}).status_code == 302
    service = {"name_de": "Noten", "name_en": "", "position": "1", "is_active": "on"}
    assert head.post("/settings/status/escola/components/new/", service).status_code == 302
    field = f"service_{Component.objects.get().pk}"
    words = {"kind": "disturbance", "title_de": "Gestört", "text_de": "Wir suchen.", field: "major"}
    address = "/settings/status/escola/notices/new/"
    assert enter("dev").post(address, words).status_code == 403
    refused = lead.post(address, words | {field: "maintenance"})
    assert refused.status_code == 422
    assert "Wir suchen." in refused.content.decode()
    assert lead.post(address, words).status_code == 302
    assert "Gestört" in lead.get("/settings/status/").content.decode()
    pk = Notice.objects.get().pk
    ending = {"state": "resolved", "text_de": "Behoben."}
    assert lead.post(f"/settings/status/escola/notices/{pk}/", ending).status_code == 302
    assert "Alles in Betrieb" in Client().get("/status/escola/de/").content.decode()
