"""A whole bad night: an outage at ten past two, nobody awake, a major by rule, and a report to read in the morning."""

from datetime import UTC, date, datetime, time

import pytest
import yaml
from playwright.sync_api import expect

from core.actors import SYSTEM
from core.sealing import seal
from directory.models import School
from escalation.models import Call
from escalation.rules.oncall import WEEKLY, Layer
from incidents.models import Alert, Incident, StakeholderMessage
from integrations.models import Delivery
from lifecycle import connect, finish, on_call, stakeholders, team
from lifecycle.intake import ContactDraft, classify, take_contact
from lifecycle.integrity import findings
from lifecycle.process_change import load_process
from notifications.answer_links import path_of
from notifications.models import Message
from process.loader import default_text
from tests.journeys.house import sample, wait_until
from tests.web.console.browser import log_in

pytestmark = [pytest.mark.processes, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEN_PAST_TWO = datetime(2026, 11, 24, 1, 10, tzinfo=UTC)
STORM = 12
DELIVER = "lifecycle.tasks.deliver"


@pytest.fixture
def night(house, company):
    """The company that has prepared: duty, a team with a deputy, and a document in which three schools make a major."""
    rules = yaml.safe_load(default_text())
    rules["chains"][0]["levels"][1]["call_everyone_from"] = None
    next(entry for entry in rules["major"]["triggers"] if entry["key"] == "several_schools_down")["effect"] = "declare"
    load_process(text=yaml.safe_dump(rules, allow_unicode=True), by_actor=SYSTEM, now=house.at)
    by = {"by": company.by("it"), "now": house.at}
    rota = on_call.save_rota(role="development", time_zone="Europe/Zurich", **by)
    layer = Layer((), date(2026, 11, 23), time(8), WEEKLY)
    on_call.save_layer(rota.pk, facts=layer, people=[company.dev, company.dev2], **by)
    team.save_seat("owner_it", people=[company.it], **by)
    team.save_seat("developer_1", people=[company.dev2, company.dev], **by)
    School.objects.create(name="Schule Dritthausen", canton="BE", email="schule@dritthausen.example")
    house.set_clock(TEN_PAST_TWO)
    house.start("web", "worker")
    return house


def before(chromium, house, **kind):
    """A browser before the product; `log_in` knows it by the name localhost."""
    return chromium.new_context(base_url=house.url.replace("127.0.0.1", "localhost"), locale="de-CH", **kind)


def mails_to(house, address):
    texts = [path.read_text() for path in (house.folder / "mail").glob("*")]
    return [text for text in texts if f"To: {address}" in text]


def test_from_an_alarm_nobody_hears_to_a_report_anybody_can_read(night, company, chromium):
    house = night

    # 02:10: the page is down, and errors come in by the dozen
    assert house.uptime(sample("uptime_robot/down.json")).status_code == 202
    error = sample("sentry/issue.created.json")
    assert {house.sentry("issue", error).status_code for _ in range(STORM)} == {202}
    wait_until(lambda: Delivery.objects.exclude(state__in=["done", "ignored"]).count() == 0, what="all translated")
    outage, errors = Incident.objects.get(category="availability"), Incident.objects.get(category="software")
    assert Alert.objects.get(incident=errors).count == STORM
    assert [call.person for call in Call.objects.filter(step__incident=outage)] == [company.dev]

    # 02:20: whoever has duty sleeps on; the deputy answers by the link in the mail, on a phone, without a login
    house.advance(minutes=10)
    house.ring(DELIVER)
    letter = wait_until(
        lambda: Message.objects.filter(person=company.dev2, channel="email", topic_id=outage.pk, state="sent").first(),
        what="the deputy's mail went out",
    )
    pocket = before(chromium, house, viewport={"width": 360, "height": 780})
    page = pocket.new_page()
    page.goto(path_of(letter))
    page.get_by_role("button", name="Übernehmen").click()
    expect(page.locator("main")).to_contain_text("übernommen")
    outage.refresh_from_db()
    assert outage.assignee == company.dev2
    connect.link(errors.number, kind="child", target=outage.number, by=company.by("dev2"), now=house.at)

    # 02:25: three schools have written; by the document that makes a major, and the team is called
    house.advance(minutes=5)
    for school in School.objects.order_by("pk"):
        draft = ContactDraft("email", "Nichts geht", reporter_email=f"s{school.pk}@schule.example", school_id=school.pk)
        contact = take_contact(draft, by=company.by("support"), now=house.at)
        classify(contact.number, kind="incident", join=outage.number, by=company.by("support"), now=house.at)
    outage.refresh_from_db()
    assert (outage.is_major, outage.major_trigger, outage.management_level) == (True, "several_schools_down", 2)

    # 02:26: the IT manager takes it on from bed
    page = log_in(pocket, "it")
    page.locator(".call-row").get_by_role("button", name="Übernehmen").click()
    expect(page.locator(".call-row")).to_have_count(0)
    pocket.close()

    # 02:35 and 03:05: two messages to the schools, each released by a second person
    for minutes, text in ((10, "Wir sind daran."), (30, "Die Ursache ist gefunden.")):
        house.advance(minutes=minutes)
        tell_schools(outage, text, writer="pm", reader="lead", company=company, now=house.at)
        house.ring(DELIVER)
    wait_until(lambda: len(mails_to(house, "schule@dritthausen.example")) == 2, what="both messages reached the school")

    # 03:15: it comes back; a major is resolved by people
    house.advance(minutes=10)
    up_again = sample("uptime_robot/up.json") | {"alertDateTime": str(int(house.at.timestamp()))}
    assert house.uptime(up_again).status_code == 202
    wait_until(lambda: Alert.objects.get(incident=outage).state == "cleared", what="recovery noted")
    house.advance(minutes=11)
    outage.refresh_from_db()
    assert outage.status == "new", "whoever took it on says when it is solved"
    for number in (errors.number, outage.number):
        finish.resolve(
            number, code="solved_permanently", text="Datenbank neu gestartet.", by=company.by("dev2"), now=house.at
        )

    desk = before(chromium, house)
    page = log_in(desk, "board", f"/incidents/{outage.number}/")
    report = page.locator("#timeline").inner_text()
    desk.close()
    in_order(
        report,
        "Incident erfasst",
        "Gerufen: Devi Erfunden (Pikett)",
        "Gerufen: Dario Erdacht",
        "Übernommen",
        "Zum Major Incident erklärt: Ausfall, der mehrere Schulen betrifft",
        "Major Incident Team gerufen",
        "Ivo Technik hat geantwortet",
        "Gelöst",
    )
    seal(now=house.at)
    assert [str(found) for found in findings(now=house.at)] == []


def tell_schools(outage, text, *, writer, reader, company, now):
    texts = {"subject_de": "Störung", "body_de": text}
    stakeholders.stakeholder_update(outage.number, audiences=["schools"], by=company.by(writer), now=now, **texts)
    waiting = StakeholderMessage.objects.get(incident=outage, state="in_review")
    stakeholders.release_update(outage.number, message=waiting.pk, by=company.by(reader), now=now)


def in_order(report, *sentences):
    """Each sentence stands in the report, in this order: the newest first on screen, so read from below."""
    lines = list(reversed(report.splitlines()))
    at = 0
    for sentence in sentences:
        found = next((index for index, line in enumerate(lines[at:], at) if sentence in line), None)
        assert found is not None, f"«{sentence}» is missing, or comes too early, in:\n{report}"
        at = found
