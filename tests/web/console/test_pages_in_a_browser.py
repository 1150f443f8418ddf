"""Every page of the console, one after the other: accessible in light, in dark and on a phone, and never too wide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from directory.keys import create_key
from incidents.models import SituationNote
from lifecycle import connect, notice_links, public_status, room, stakeholders, what_if
from privacy.models import Notice
from process.edited import sections_of
from process.selectors import current_document
from tests.company import Company
from tests.web.console.browser import contact, declared, log_in
from tests.web.console.test_on_call import set_up
from tests.web.console.test_rooms import ROOMS
from tests.web.privacy.breaches import told_breach

pytestmark = pytest.mark.browser
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = ["color-contrast"]
SIZE = ["target-size"]
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}
THERE_ALREADY = "null"
SETTLED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
  Promise.allSettled(document.getAnimations().map(animation => animation.finished)).then(() => done()))))"""
SETTINGS = "/settings/"
FORMS = ("edit/", "hold/", "resolve/", "escalate/", "de-escalate/", "dissatisfied/", "unlink/", "consult/")
ROOM_FORMS = ("hand-over/", "decide/", "schools-hit/", "stakeholder-update/?template=progress")
STATUS = ("status/escola/components/new/", "status/escola/notices/new/")
ROTA = ("layers/new/", "override/", "swap/", "calendar/")


def test_every_page_is_accessible_and_fits_a_phone(
    chromium: Browser, live_server: LiveServer, company: Company
) -> None:
    incident, major, rota, inbox = _fill(company)
    measured = ["/", "/inbox/", "/inbox/new/", "/incidents/?open=true", "/on-call/", "/health/", "/bell/"]
    measured += [
        rota,
        incident,
        major,
        f"{major}room/",
        f"{incident}set-priority/",
        f"{incident}raci/",
        _simulated(incident),
    ]
    status, *public = _public(company)
    measured += ["/reach/", f"{SETTINGS}status/", status]
    measured += [f"{incident}sla/?at=2026-11-23T09:00", "/sla/what-if/", _what_if(company)]
    measured += [f"{SETTINGS}people/", f"{SETTINGS}keys/new/", f"{SETTINGS}process/", f"{rota}layers/new/"]
    every_colour = ["/inbox/new/", "/incidents/?open=true", "/on-call/", "/health/", incident, major, f"{major}room/"]
    others = [
        f"{inbox}?kind=incident",
        *(major + form for form in ROOM_FORMS),
        *(incident + form for form in FORMS),
        *(rota + form for form in ROTA),
        *(SETTINGS + form for form in STATUS),
        *public,
        f"{SETTINGS}people/{company.dev.pk}/",
        f"{incident}receipts/",
    ]
    page = log_in(_desk(chromium, live_server), "it")
    found: dict[str, object] = {}
    for path in dict.fromkeys([*measured, *ROOMS, "/accounts/2fa/totp/activate/", *others]):
        page.set_viewport_size(DESK if path in measured else PHONE)
        page.goto(path, wait_until="domcontentloaded")
        if path in measured:
            # colours are tokens: the pages that hold every component measure them for all, in light and in dark
            found[path] = _violations(page, WCAG, but_for=() if path in every_colour else CONTRAST)
            found[f"{path} in the dark"] = _in_the_dark(page) if path in every_colour else []
            page.set_viewport_size(PHONE)
            found[f"{path} on a phone"] = _violations(page, SIZE)
        found[f"{path} scrolls sideways"] = _width(page)
    page.context.close()
    assert {path: problems for path, problems in found.items() if problems} == {}


def _what_if(company: Company) -> str:
    """Other promises that one open incident would break."""
    sections = sections_of(current_document()[1])
    for target in sections["sla"]["targets"]:
        target["target_min"] = 1
    row = what_if.ask(sections, by=company.by("it"), now=company.now + timedelta(minutes=5))
    assert what_if.work(clock=lambda: row.created_at)
    return f"/sla/what-if/{row.pk}/"


def test_the_officers_room_is_accessible_and_fits_a_phone(
    chromium: Browser, live_server: LiveServer, company: Company
) -> None:
    case = told_breach(company)
    number, told = case.number, Notice.objects.order_by("pk").first()
    assert told is not None
    page = log_in(_desk(chromium, live_server), "dpo")
    found: dict[str, object] = {}
    law = ("/privacy/law/?find=zürich", "/privacy/law/authorities/canton_zh/2026-01-01/")
    tabs = ("", "let-read/", "assessment/", "duties/", "schools/", f"schools/{told.affected_id}/", "police/", "papers/")
    forms = ("decide-duty/?group=n2_authority", "affect/")
    of_case = [f"/privacy/{number}/{path}" for path in (*tabs, *forms)]
    for path in ("/privacy/", *of_case, "/privacy/register/", notice_links.path_to(told), *law):
        page.set_viewport_size(DESK)
        page.goto(path, wait_until="domcontentloaded")
        found[path] = _violations(page, WCAG, but_for=CONTRAST)
        page.set_viewport_size(PHONE)
        found[f"{path} on a phone"] = [_width(page)] if _width(page) else []
    words = page.locator(".nav .word:visible")
    cut = "all => all.filter(word => word.scrollWidth > word.clientWidth).map(it => it.innerText)"
    found["rooms cut off"] = words.evaluate_all(cut)
    page.context.close()
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_a_school_opens_its_notice_and_acknowledges_it(
    chromium: Browser, live_server: LiveServer, company: Company
) -> None:
    told_breach(company)
    told = Notice.objects.order_by("pk").first()
    assert told is not None
    page = _desk(chromium, live_server).new_page()
    page.set_viewport_size(PHONE)
    page.goto(notice_links.path_to(told), wait_until="domcontentloaded")
    page.fill("input[name=code]", notice_links.code_of(told))
    page.press("input[name=code]", "Enter")
    page.fill("input[name=name]", "Sekretariat")
    found = [_violations(page, WCAG, but_for=CONTRAST), _width(page)]
    page.press("input[name=name]", "Enter")
    page.wait_for_selector("input[name=report_id]")
    page.context.close()
    told.refresh_from_db()
    assert told.state == Notice.State.ACKNOWLEDGED, "a browser's own checks of a form let it through"
    assert [problems for problems in found if problems] == []


def test_the_pages_before_the_login_fit_a_phone(chromium: Browser, live_server: LiveServer) -> None:
    page = _desk(chromium, live_server).new_page()
    page.set_viewport_size(PHONE)
    wide = {}
    for path in ("/accounts/login/", "/accounts/password/reset/"):
        page.goto(path, wait_until="domcontentloaded")
        wide[path] = _width(page)
    page.context.close()
    assert not any(wide.values())


def test_every_room_is_named_in_full_on_a_phone(chromium: Browser, live_server: LiveServer, company: Company) -> None:
    page = log_in(_desk(chromium, live_server), "it")
    page.set_viewport_size(PHONE)
    bar = page.locator(".nav .word:visible")
    assert bar.all_inner_texts() == ["Start", "Eingang", "Incidents", "Pikett", "Mehr"]
    page.locator(".nav summary").click()
    words = page.locator(".nav .word:visible")
    assert words.all_inner_texts()[-1] == "Einstellungen"
    cut = words.evaluate_all("all => all.filter(word => word.scrollWidth > word.clientWidth).map(it => it.innerText)")
    words.last.click()
    page.wait_for_url("**/settings/**")
    page.context.close()
    assert cut == []


def test_what_is_noted_without_a_connection_is_sent_once_when_it_is_back(
    context: BrowserContext, company: Company
) -> None:
    page = log_in(context, "it", f"{declared(company)}room/")
    page.set_viewport_size(PHONE)
    queued, actions = page.locator("#queued li"), page.locator("[aria-labelledby=situation-action]")
    context.set_offline(True)
    page.get_by_role("radio", name="Massnahme").check()
    page.get_by_label("Was die anderen wissen müssen").fill("Datenbank umschalten")
    page.get_by_role("button", name="Festhalten", exact=True).first.click()
    expect(queued).to_contain_text("wartet auf Verbindung")
    expect(page.get_by_label("Was die anderen wissen müssen")).to_have_value("")
    context.set_offline(False)
    expect(queued).to_have_count(0)
    expect(actions).to_contain_text("Datenbank umschalten")
    [note] = SituationNote.objects.all()
    assert (note.kind, note.by.username, note.key is not None) == ("action", "it", True)
    assert page.evaluate("Object.keys(localStorage).filter(key => /^(queue|draft):/.test(key))") == []
    page.get_by_role("button", name="Übernehmen Leitung").click()
    expect(page.locator(".room-roles")).to_contain_text("Ivo Technik")
    assert _width(page) == 0


def _public(company: Company) -> list[str]:
    """Addresses of a status page on which something is wrong."""
    by, now = company.by("lead"), company.now
    public_status.save_page("escola", name=("Escola", "Escola"), by=by, now=now)
    login = public_status.save_component("escola", name=("Anmeldung", "Login"), by=by, now=now)
    notice = public_status.publish_notice(
        page="escola",
        title=("Gestört", "Disturbed"),
        text=("Wir suchen.", "We are looking."),
        affected={login.pk: "major"},
        by=by,
        now=now,
    )
    return ["/status/", "/status/escola/history/", "/status/escola/subscribe/", f"/status/escola/notices/{notice.pk}/"]


def _simulated(incident: str) -> str:
    """The address that plays an incident's management chain through."""
    return f"/on-call/simulate/?incident={incident.split('/')[2]}&chain=management"


def _fill(company: Company) -> tuple[str, str, str, str]:
    """Addresses of an incident that is linked, a major, a rota and a contact; a key is there too."""
    number, other = company.incident(urgency="high", impact="high").number, company.incident().number
    connect.link(number, kind="related", target=other, by=company.by("support"), now=company.now)
    create_key(
        owner=company.it,
        name="Auswertung",
        scopes=["incidents:read"],
        actor=company.by("it").actor,
        now=company.now,
    )
    major = declared(company)
    by = {"by": company.by("support"), "now": company.now}
    of_major = major.split("/")[2]
    room.take_role(of_major, role="lead", **by)  # type: ignore[arg-type]
    room.situation_note(of_major, kind="need", text="Zugang zum Rechenzentrum", **by)  # type: ignore[arg-type]
    told = {"audiences": ["staff"], "subject_de": "Störung", "body_de": "Wir arbeiten daran."}
    stakeholders.stakeholder_update(of_major, **told, **by)  # type: ignore[arg-type]
    return f"/incidents/{number}/", major, f"/on-call/{set_up(company).pk}/", f"/inbox/{contact(company)}/"


def _desk(chromium: Browser, live_server: LiveServer) -> BrowserContext:
    """Nothing moves here."""
    return chromium.new_context(base_url=live_server.url, locale="de-CH", viewport=DESK, reduced_motion="reduce")


def _violations(page: Page, rules: list[str], but_for: Iterable[str] = ()) -> list[str]:
    axe = Axe(THERE_ALREADY) if page.evaluate("'axe' in window") else Axe()
    answer = axe.run(
        page,
        options={
            "runOnly": rules,
            "rules": {rule: {"enabled": False} for rule in but_for},
            "resultTypes": ["violations"],
            "preload": False,
        },
    )
    return [violation["id"] for violation in answer.response["violations"]]


def _in_the_dark(page: Page) -> list[str]:
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)  # a colour on its way to another one has the contrast of neither
    found = _violations(page, CONTRAST)
    page.emulate_media(color_scheme="light")
    return found


def _width(page: Page) -> int:
    """How many pixels stand out to the right."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
