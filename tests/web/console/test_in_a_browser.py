"""The console in a real browser: keys, drafts, live changes, accessible in light, in dark and on a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from directory.keys import create_key
from incidents.models import Contact, Incident, SavedView
from lifecycle import connect
from lifecycle.intake import ContactDraft, take_contact
from tests.company import Company
from tests.web.console.browser import log_in, press, said
from tests.web.console.test_on_call import set_up
from tests.web.console.test_rooms import ROOMS

pytestmark = pytest.mark.browser
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 780}
THERE_ALREADY = "null"
SETTLED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
  Promise.allSettled(document.getAnimations().map(animation => animation.finished)).then(() => done()))))"""
PAGES = [
    "/",
    "/inbox/",
    "/inbox/new/",
    "/incidents/?open=true",
    "/on-call/",
    "/health/",
    "/bell/",
    "/settings/people/",
    "/settings/keys/new/",
    "/settings/process/",
]


def test_every_page_is_accessible_in_light_in_dark_and_on_a_phone(
    chromium: Browser, live_server: LiveServer, company: Company
) -> None:
    number = company.incident(urgency="high", impact="high").number
    _contact(company)
    rota = set_up(company)
    page = log_in(_desk(chromium, live_server), "it")
    found = {}
    rotas = [f"/on-call/{rota.pk}/{form}" for form in ("", "layers/new/", "override/", "swap/", "calendar/")]
    for path in [*PAGES, *rotas, f"/incidents/{number}/", f"/incidents/{number}/set-priority/"]:
        page.goto(path)
        found[path] = _violations(page, WCAG)
        if path.startswith("/settings/") or path in rotas[1:]:
            continue  # made of the same parts in the same colours; every page is measured on a phone below
        page.emulate_media(color_scheme="dark")
        found[f"{path} in the dark"] = _violations(page, ["color-contrast"])
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)
        found[f"{path} on a phone"] = _violations(page, ["wcag2aa", "wcag22aa"])
        page.set_viewport_size(DESK)
    page.context.close()
    assert {path: problems for path, problems in found.items() if problems} == {}


def _violations(page: Page, rules: list[str]) -> list[str]:
    """What breaks the rules once every colour has arrived where it goes."""
    page.evaluate(SETTLED)
    axe = Axe(THERE_ALREADY) if page.evaluate("'axe' in window") else Axe()
    answer = axe.run(page, options={"runOnly": rules, "resultTypes": ["violations"], "preload": False})
    return [violation["id"] for violation in answer.response["violations"]]


def test_no_page_scrolls_sideways_on_a_phone(chromium: Browser, live_server: LiveServer, company: Company) -> None:
    number, other = company.incident().number, company.incident().number
    connect.link(number, kind="related", target=other, by=company.by("support"), now=company.now)
    create_key(
        owner=company.it,
        name="Auswertung",
        scopes=["incidents:read"],
        actor=company.by("it").actor,
        now=company.now,
    )
    context = _desk(chromium, live_server)
    page = context.new_page()
    page.set_viewport_size(PHONE)
    wide = []
    for path in ("/accounts/login/", "/accounts/password/reset/"):
        page.goto(path, wait_until="domcontentloaded")
        wide += [path] if _is_wide(page) else []
    page = log_in(context, "it")
    page.set_viewport_size(PHONE)
    contact = f"/inbox/{_contact(company)}/?kind=incident"
    forms = ("", "edit/", "hold/", "resolve/", "set-priority/", "escalate/", "de-escalate/", "dissatisfied/", "unlink/")
    incident = [f"/incidents/{number}/{form}" for form in forms]
    rota = set_up(company)
    rotas = [f"/on-call/{rota.pk}/{form}" for form in ("", "layers/new/", "override/", "swap/", "calendar/")]
    for path in [*ROOMS, "/accounts/2fa/totp/activate/", contact, *incident, *rotas]:
        page.goto(path, wait_until="domcontentloaded")
        wide += [path] if _is_wide(page) else []
    context.close()
    assert wide == []


def test_every_room_is_named_in_full_on_a_phone(chromium: Browser, live_server: LiveServer, company: Company) -> None:
    page = log_in(_desk(chromium, live_server), "it")
    page.set_viewport_size(PHONE)
    words = page.locator(".nav .word")
    assert words.all_inner_texts()[-1] == "Einstellungen"
    cut = words.evaluate_all("all => all.filter(word => word.scrollWidth > word.clientWidth).map(it => it.innerText)")
    page.context.close()
    assert cut == []


def test_arrows_walk_through_a_menu_and_around_its_ends(context: BrowserContext, company: Company) -> None:
    page = log_in(context, "support")
    menu = page.locator(".topbar details.menu")
    items = menu.locator(".item")
    menu.locator("summary").focus()
    press(page, "Enter", "ArrowUp")
    expect(items.last).to_be_focused()
    press(page, "ArrowDown")
    expect(items.first).to_be_focused()
    press(page, "ArrowUp", "Escape")
    expect(menu.locator("summary")).to_be_focused()


def test_without_the_right_to_copy_a_secret_is_selected(
    chromium: Browser, live_server: LiveServer, company: Company
) -> None:
    context = _desk(chromium, live_server)
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page = log_in(context, "it")
    page.goto("/settings/keys/new/")
    page.get_by_label("Wofür?").fill("Skript")
    page.get_by_label("incidents:read").check()
    page.get_by_role("button", name="Sichern").click()
    page.get_by_role("button", name="Kopieren").click()
    selected = page.evaluate("getSelection().toString()")
    shown = page.locator("#secret").inner_text()
    context.close()
    assert selected == shown


def _desk(chromium: Browser, live_server: LiveServer) -> BrowserContext:
    """Nothing moves here: a colour on its way to another one has the contrast of neither."""
    return chromium.new_context(base_url=live_server.url, locale="de-CH", viewport=DESK, reduced_motion="reduce")


def _is_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_a_call_is_taken_in_by_keyboard_alone(context: BrowserContext, company: Company) -> None:
    page = log_in(context, "support")
    page.keyboard.press("n")
    page.wait_for_url("**/inbox/new/")
    for typed in ("Petra Muster", "Schule Musterwil", "044 123 45 67", "", "Noten fehlen"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/inbox/")
    contact = Contact.objects.get()
    assert (contact.reporter_name, contact.subject) == ("Petra Muster", "Noten fehlen")


def test_a_refused_form_leads_to_the_field_that_needs_attention(context: BrowserContext, company: Company) -> None:
    page = log_in(context, "support")
    page.goto("/inbox/new/")
    page.get_by_role("combobox", name="Schule").fill("Schule Nirgends")
    page.get_by_label("Worum geht es?").fill("Noten fehlen")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Diese Schule ist nicht erfasst.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Schule")).to_be_focused()


def test_after_a_dialog_the_focus_is_back_although_the_page_has_changed(
    context: BrowserContext, company: Company
) -> None:
    number = company.incident().number
    page = log_in(context, "support")
    page.goto(f"/incidents/{number}/")
    page.locator("#verb-escalate").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Was die Nächsten wissen müssen")
    page.evaluate("document.querySelector('#incident-head').innerHTML += ''")  # as a live page does
    page.keyboard.press("Escape")
    expect(page.locator("#verb-escalate")).to_be_focused()


def test_one_key_classifies(context: BrowserContext, company: Company) -> None:
    number = _contact(company)
    page = log_in(context, "support")
    page.goto("/inbox/")
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.locator("#toasts")).to_contain_text(number)
    assert Contact.objects.get().kind == "feature_request"


def test_a_contact_that_is_an_incident_asks_for_the_category_first(context: BrowserContext, company: Company) -> None:
    number = _contact(company)
    page = log_in(context, "support")
    page.goto("/inbox/")
    page.keyboard.press("j")
    page.keyboard.press("i")
    page.wait_for_url(f"**/inbox/{number}/?kind=incident")
    expect(page.get_by_label("Kategorie")).to_be_focused()


def test_the_palette_finds_an_incident(context: BrowserContext, company: Company) -> None:
    number = company.incident(title="Noten lassen sich nicht speichern").number
    page = log_in(context, "support")
    page.keyboard.press("Control+k")
    page.keyboard.type("noten")
    expect(page.locator("#palette-list")).to_contain_text(number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/incidents/{number}/")


def test_a_verb_opens_in_a_dialog_and_an_error_keeps_what_was_typed(context: BrowserContext, company: Company) -> None:
    number = company.incident().number
    page = log_in(context, "support")
    page.goto(f"/incidents/{number}/")
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Was die Nächsten wissen müssen").fill("Bitte ansehen")
    dialog.locator("select").select_option(index=1)
    dialog.get_by_role("button", name="Eskalieren").click()
    expect(page.locator("#toasts")).to_contain_text("eskaliert")
    assert Incident.objects.get().functional_level == 2


def test_a_draft_survives_a_reload_and_goes_once_it_is_saved(context: BrowserContext, company: Company) -> None:
    number = company.incident().number
    page = log_in(context, "support")
    page.goto(f"/incidents/{number}/")
    page.locator("#composer").fill("Ein langer Gedanke")
    page.reload()
    expect(page.locator("#composer")).to_have_value("Ein langer Gedanke")
    page.get_by_role("button", name="Notiz speichern").click()
    expect(page.locator("#timeline")).to_contain_text("Ein langer Gedanke")
    expect(page.locator("#composer")).to_have_value("")


def test_a_draft_survives_a_lost_session(context: BrowserContext, company: Company) -> None:
    number = company.incident().number
    page = log_in(context, "support")
    page.goto(f"/incidents/{number}/")
    page.locator("#composer").fill("Nicht verlieren")
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Notiz speichern").click()
    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("Benutzername oder E-Mail").fill("support")
    page.get_by_label("Passwort", exact=True).fill("demo")
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url(f"**/incidents/{number}/")
    expect(page.locator("#composer")).to_have_value("Nicht verlieren")


def test_a_dialog_survives_a_lost_session_and_is_sent_once(context: BrowserContext, company: Company) -> None:
    number = company.incident().number
    page = log_in(context, "support")
    page.goto(f"/incidents/{number}/")
    page.keyboard.press("u")
    title = page.get_by_role("dialog").get_by_label("Titel")
    title.fill("Neuer Titel")
    context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("Benutzername oder E-Mail").fill("support")
    page.get_by_label("Passwort", exact=True).fill("demo")
    page.get_by_role("button", name="Anmelden").click()
    page.wait_for_url(f"**/incidents/{number}/")
    page.keyboard.press("u")
    expect(title).to_have_value("Neuer Titel")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    press(page, "Control+Enter", "Control+Enter")
    said(page, "geändert")
    assert len(sent) == 1


def test_back_to_a_page_does_not_offer_what_was_saved_once_more(context: BrowserContext, company: Company) -> None:
    number = company.incident().number
    page = log_in(context, "support")
    page.goto(f"/incidents/{number}/")
    page.keyboard.press("m")
    page.keyboard.type("Nur einmal")
    press(page, "Control+Enter")
    said(page, "Notiz gespeichert")
    page.go_back()
    expect(page.locator("#composer")).to_have_value("")


def test_an_open_page_changes_by_itself_while_somebody_types(
    chromium: Browser, context: BrowserContext, company: Company, live_server: LiveServer
) -> None:
    number = company.incident().number
    mine = log_in(context, "support")
    mine.goto(f"/incidents/{number}/")
    mine.locator("#composer").fill("Ich bin am Schreiben")
    other = chromium.new_context(base_url=live_server.url, locale="de-CH")
    theirs = log_in(other, "dev")
    theirs.goto(f"/incidents/{number}/")
    theirs.locator("#composer").fill("Gefunden")
    theirs.get_by_role("button", name="Notiz speichern").click()
    expect(mine.locator("#timeline")).to_contain_text("Gefunden", timeout=6000)
    expect(mine.locator("#composer")).to_have_value("Ich bin am Schreiben")
    other.close()


def test_a_view_is_saved_by_keyboard(context: BrowserContext, company: Company) -> None:
    page = log_in(context, "support")
    page.goto("/incidents/?open=true&priority=critical")
    page.locator("summary", has_text="Ansicht sichern").press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Nur Kritische")
    press(page, "Enter")
    said(page, "Ansicht «Nur Kritische» gespeichert.")
    assert SavedView.objects.get().query == "open=true&priority=critical"


def test_a_chosen_theme_stays(context: BrowserContext, company: Company) -> None:
    page = log_in(context, "support")
    page.locator("summary[aria-label^='Menü']").click()
    page.get_by_role("radio", name="Dunkel").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_page_loads_nothing_the_policy_forbids(context: BrowserContext, company: Company) -> None:
    number = company.incident().number
    page = log_in(context, "support")
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in ("/", "/incidents/?open=true", f"/incidents/{number}/", "/inbox/new/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert complaints == []


def _contact(company: Company) -> str:
    draft = ContactDraft(channel="email", subject="Dunkles Design", body="Bitte", reporter_email="a@b.example")
    return take_contact(draft, by=company.by("support"), now=company.now).number


def test_a_row_of_the_list_is_acted_on_by_key(context: BrowserContext, company: Company) -> None:
    company.incident()
    page = log_in(context, "support")
    page.goto("/incidents/?open=true")
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.get_by_role("dialog").get_by_role("button", name="Übernehmen").click()
    expect(page.locator("#toasts")).to_contain_text("übernommen")
    assert Incident.objects.get().assignee == company.support
