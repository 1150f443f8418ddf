"""Each verb is a form that works without scripts, keeps what was typed, and shows both sides of a conflict."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.actors import SYSTEM
from incidents.models import Comment, Incident, Link
from lifecycle.process_change import load_process
from process.loader import default_text
from tests.company import Company
from tests.web.console.conftest import Entering

FORMS = (
    *("assign", "hold", "edit", "escalate", "declare-major", "set-priority"),
    *("link", "merge", "attach", "resolve", "cancel"),
)


def test_a_support_agent_takes_works_and_closes_an_incident(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/"
    client = enter("support")
    for verb, facts in [
        ("acknowledge", {}),
        ("start", {}),
        ("note", {"text": "Protokoll geprüft"}),
        ("resolve", {"code": "solved_permanently", "text": "Neu gestartet"}),
        ("close", {}),
    ]:
        answer = client.post(f"{path}{verb}/", facts)
        assert answer.status_code == 302, (verb, answer.content.decode())
        assert answer["Location"] == path
    incident = Incident.objects.get()
    assert (incident.status, incident.assignee, incident.resolution) == ("closed", company.support, "Neu gestartet")
    story = client.get(path).content.decode()
    assert "Protokoll geprüft" in story
    assert "Dauerhaft gelöst" in story


def test_each_form_opens_as_a_page_and_as_a_dialog(enter: Entering, company: Company) -> None:
    incident = f"/incidents/{company.incident().number}/"
    client = enter("support")
    for verb in FORMS:
        assert_opens_both_ways(client, f"{incident}{verb}/")


def assert_opens_both_ways(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    dialog = client.get(path, headers={"HX-Request": "true", "HX-Target": "sheet-body"}).content.decode()
    assert "<html" in page, path
    assert "<html" not in dialog, path
    assert f'action="{path}"' in page, path
    assert f'action="{path}"' in dialog, path


def test_a_missing_fact_is_named_beside_its_field_and_the_typed_text_stays(enter: Entering, company: Company) -> None:
    answer = enter("support").post(f"/incidents/{company.incident().number}/resolve/", {"text": "Fast fertig"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Fast fertig" in page
    assert 'id="id_code_error"' in page


def test_what_only_the_verb_knows_also_appears_beside_the_field(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/"
    client = enter("support")
    client.post(f"{path}start/")
    answer = client.post(f"{path}hold/", {"reason": "awaiting_reporter"})
    assert answer.status_code == 422
    assert "worauf Sie warten" in answer.content.decode()


def test_a_verb_the_state_does_not_allow_says_when_it_would(enter: Entering, company: Company) -> None:
    answer = enter("support").post(f"/incidents/{company.incident().number}/close/")
    assert answer.status_code == 409
    assert "Gelöst" in answer.content.decode()


def test_a_conflict_shows_both_values_and_sending_again_decides(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident(title='Alt').number}/edit/"
    mine, theirs = enter("support"), enter("support2")
    facts = {"symptom": "Noten lassen sich nicht speichern", "category": "software", "version": 1}
    assert theirs.post(path, {**facts, "title": "Von Silas"}).status_code == 302
    answer = mine.post(path, {**facts, "title": "Von Sina"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Von Silas" in page
    assert 'value="Von Sina"' in page
    version = Incident.objects.get().version
    assert f'name="version" value="{version}"' in page
    assert mine.post(path, {**facts, "title": "Von Sina", "version": version}).status_code == 302
    assert Incident.objects.get().title == "Von Sina"


def test_editing_one_field_leaves_what_others_changed_elsewhere(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident(title='Alt').number}/edit/"
    client = enter("support")
    facts = {"symptom": "Noten lassen sich nicht speichern", "category": "software"}
    client.post(path, {**facts, "title": "Neu", "version": 1})
    incident = Incident.objects.get()
    assert (incident.title, incident.category) == ("Neu", "software")


def test_a_deviating_priority_is_offered_only_to_who_may_decide_it(enter: Entering, company: Company) -> None:
    path = f"/incidents/{company.incident().number}/set-priority/"
    assert 'name="override"' not in enter("support").get(path).content.decode()
    assert 'name="override"' in enter("pm").get(path).content.decode()


def test_a_major_is_declared_by_a_trigger_shown_with_its_paragraph(enter: Entering, company: Company) -> None:
    incident = company.incident(major_triggers=("several_schools_down",))
    path = f"/incidents/{incident.number}/"
    client = enter("board")
    assert f"{path}declare-major/" in client.get(path).content.decode()
    form = client.get(f"{path}declare-major/").content.decode()
    assert form.count('type="radio" name="trigger"') == 5
    assert "Verlust oder Korruption von Daten (§6.1)" in form
    assert re.search(r'value="several_schools_down"[^>]* checked', form)
    assert client.post(f"{path}declare-major/", {}).status_code == 422
    facts = {"trigger": "data_loss_or_corruption", "note": "Noten von 3b fehlen"}
    assert client.post(f"{path}declare-major/", facts).status_code == 302
    page = client.get(path).content.decode()
    assert "Zum Major Incident erklärt: Verlust oder Korruption von Daten" in page
    assert "Noten von 3b fehlen" in page
    assert f"{path}declare-major/" not in page
    again = client.post(f"{path}declare-major/", facts)
    assert again.status_code == 422
    assert "bereits ein Major Incident" in again.content.decode()


def test_who_is_at_the_top_of_both_ladders_is_offered_no_further_rung(enter: Entering, company: Company) -> None:
    incident = company.incident()
    path = f"/incidents/{incident.number}/"
    client = enter("support")
    assert f"{path}escalate/" in client.get(path).content.decode()
    Incident.objects.update(functional_level=3, management_level=3)
    assert f"{path}escalate/" not in client.get(path).content.decode()


def test_the_priority_is_explained_while_boxes_are_ticked(enter: Entering, company: Company) -> None:
    ticked = {"urgency_criteria": ["damage_grows_fast"], "impact_criteria": ["many_schools"]}
    page = enter("support").post("/incidents/priority/", ticked).content.decode()
    assert "Kritisch" in page
    assert "§4.3" in page


def test_the_priority_of_an_incident_is_explained_by_the_process_it_follows(
    enter: Entering, company: Company, now: datetime
) -> None:
    incident = company.incident()
    text = default_text().replace("{impact: high, high: critical,", "{impact: high, high: high,")
    load_process(text=text, by_actor=SYSTEM, now=now)
    ticked = {"urgency_criteria": ["damage_grows_fast"], "impact_criteria": ["many_schools"]}
    client = enter("support")
    form = client.get(f"/incidents/{incident.number}/set-priority/").content.decode()
    (address,) = re.findall(r'hx-post="(/incidents/priority/[^"]*)"', form)
    assert "Kritisch" in client.post(address, ticked).content.decode()
    assert "Kritisch" not in client.post("/incidents/priority/", ticked).content.decode()


def test_a_link_is_taken_back_from_either_side(enter: Entering, company: Company) -> None:
    one, other = company.incident(title="Eins").number, company.incident(title="Zwei").number
    client = enter("support")
    for seen_from in (one, other):
        client.post(f"/incidents/{one}/link/", {"kind": "caused_by", "target": other})
        page = client.get(f"/incidents/{seen_from}/").content.decode()
        (address,) = re.findall(r'href="(/incidents/[^/]+/unlink/[^"]+)"', page)
        form = client.get(unescape(address)).content.decode()
        (chosen,) = re.findall(r'name="link" value="([^"]+)"[^>]* checked', form)
        answer = client.post(address.partition("?")[0], {"link": chosen, "next": f"/incidents/{seen_from}/"})
        assert answer["Location"] == f"/incidents/{seen_from}/"
        assert not Link.objects.exists()
        assert "/unlink/" not in client.get(f"/incidents/{seen_from}/").content.decode()


def test_the_link_a_merge_made_is_only_taken_back_with_the_merge(enter: Entering, company: Company) -> None:
    one, other = company.incident().number, company.incident().number
    client = enter("support")
    client.post(f"/incidents/{one}/merge/", {"into": other})
    for number in (one, other):
        assert "/unlink/" not in client.get(f"/incidents/{number}/").content.decode()
    assert client.post(f"/incidents/{one}/unlink/", {"link": f"duplicate/{other}"}).status_code == 422
    client.post(f"/incidents/{one}/unmerge/")
    assert not Link.objects.exists()


def test_who_writes_to_somebody_on_the_phone_is_told_to_call(enter: Entering, company: Company) -> None:
    reporter: dict[str, Any] = {"reporter_name": "Petra Muster", "reporter_phone": "044 123 45 67"}
    path = f"/incidents/{company.incident(feedback_channel='phone', **reporter).number}/"
    client = enter("support")
    todo = "Es geht nichts von selbst hinaus. Bitte rufen Sie Petra Muster an:"
    for form in (path, f"{path}comment/", f"{path}hold/"):
        page = client.get(form).content.decode()
        assert todo in page
        assert "Nachricht senden" not in page
    answer = client.post(f"{path}comment/", {"text": "Läuft wieder"}, follow=True).content.decode()
    assert f"Nachricht festgehalten. {todo} 044 123 45 67" in answer


def test_who_writes_to_somebody_by_mail_sends(enter: Entering, company: Company) -> None:
    reporter: dict[str, Any] = {"reporter_name": "Petra Muster", "reporter_email": "petra@musterwil.example"}
    path = f"/incidents/{company.incident(feedback_channel='email', **reporter).number}/"
    client = enter("support")
    assert "Nachricht an Petra Muster über E-Mail" in client.get(path).content.decode()
    assert "Nachricht gesendet" in client.post(f"{path}comment/", {"text": "Neu"}, follow=True).content.decode()


def test_a_role_that_may_not_is_refused(enter: Entering, company: Company) -> None:
    assert enter("board").post(f"/incidents/{company.incident().number}/start/").status_code == 403


def test_after_a_verb_one_returns_to_where_one_was_but_never_to_another_host(enter: Entering, company: Company) -> None:
    number = company.incident().number
    client = enter("support")
    assert client.post(f"/incidents/{number}/acknowledge/", {"next": "/"})["Location"] == "/"
    there = client.post(f"/incidents/{number}/start/", {"next": "https://evil.example/"})["Location"]
    assert there == f"/incidents/{number}/"


def test_a_file_is_kept_and_comes_back_only_as_a_download(enter: Entering, company: Company) -> None:
    incident = company.incident()
    client = enter("support")
    page = SimpleUploadedFile("<b>.html", b"<script>alert(1)</script>", "text/html")
    assert client.post(f"/incidents/{incident.number}/attach/", {"file": page}).status_code == 302
    attachment = incident.attachments.get()
    answer = client.get(f"/incidents/{incident.number}/files/{attachment.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_hostile_text_is_shown_and_never_run(enter: Entering, company: Company) -> None:
    incident = company.incident(title="<script>alert(1)</script>")
    client = enter("support")
    client.post(f"/incidents/{incident.number}/note/", {"text": "<img src=x onerror=alert(1)>"})
    page = client.get(f"/incidents/{incident.number}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert Comment.objects.get().body == "<img src=x onerror=alert(1)>"
