"""The console in a real browser: keys, drafts, dialogs and live changes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django.live_server_helper import LiveServer

from incidents.models import Contact, Incident, SavedView
from tests.company import Company
from tests.web.console.browser import contact, log_in, press, said

pytestmark = pytest.mark.browser


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


def test_without_the_right_to_copy_a_secret_is_selected(context: BrowserContext, company: Company) -> None:
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page = log_in(context, "it", "/settings/keys/new/")
    page.get_by_label("Wofür?").fill("Skript")
    page.get_by_label("incidents:read").check()
    page.get_by_role("button", name="Sichern").click()
    page.get_by_role("button", name="Kopieren").click()
    selected = page.evaluate("getSelection().toString()")
    shown = page.locator("#secret").inner_text()
    assert selected == shown


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
    page = log_in(context, "support", "/inbox/new/")
    page.get_by_role("combobox", name="Schule").fill("Schule Nirgends")
    page.get_by_label("Worum geht es?").fill("Noten fehlen")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Diese Schule ist nicht erfasst.")).to_be_visible()
    expect(page.get_by_role("combobox", name="Schule")).to_be_focused()


def test_after_a_dialog_the_focus_is_back_although_the_page_has_changed(
    context: BrowserContext, company: Company
) -> None:
    number = company.incident().number
    page = log_in(context, "support", f"/incidents/{number}/")
    page.locator("#verb-escalate").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Was die Nächsten wissen müssen")
    page.evaluate("document.querySelector('#incident-head').innerHTML += ''")  # as a live page does
    page.keyboard.press("Escape")
    expect(page.locator("#verb-escalate")).to_be_focused()


def test_one_key_classifies(context: BrowserContext, company: Company) -> None:
    number = contact(company)
    page = log_in(context, "support", "/inbox/")
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.locator("#toasts")).to_contain_text(number)
    assert Contact.objects.get().kind == "feature_request"


def test_a_contact_that_is_an_incident_asks_for_the_category_first(context: BrowserContext, company: Company) -> None:
    number = contact(company)
    page = log_in(context, "support", "/inbox/")
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
    page = log_in(context, "support", f"/incidents/{number}/")
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Was die Nächsten wissen müssen").fill("Bitte ansehen")
    dialog.locator("select").select_option(index=1)
    dialog.get_by_role("button", name="Eskalieren").click()
    expect(page.locator("#toasts")).to_contain_text("eskaliert")
    assert Incident.objects.get().functional_level == 2


def test_a_draft_survives_a_reload_and_goes_once_it_is_saved(context: BrowserContext, company: Company) -> None:
    number = company.incident().number
    page = log_in(context, "support", f"/incidents/{number}/")
    page.locator("#composer").fill("Ein langer Gedanke")
    page.reload()
    expect(page.locator("#composer")).to_have_value("Ein langer Gedanke")
    page.get_by_role("button", name="Notiz speichern").click()
    expect(page.locator("#timeline")).to_contain_text("Ein langer Gedanke")
    expect(page.locator("#composer")).to_have_value("")


def test_a_draft_survives_a_lost_session(context: BrowserContext, company: Company) -> None:
    number = company.incident().number
    page = log_in(context, "support", f"/incidents/{number}/")
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
    page = log_in(context, "support", f"/incidents/{number}/")
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
    page = log_in(context, "support", f"/incidents/{number}/")
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
    mine = log_in(context, "support", f"/incidents/{number}/")
    mine.locator("#composer").fill("Ich bin am Schreiben")
    other = chromium.new_context(base_url=live_server.url, locale="de-CH")
    theirs = log_in(other, "dev", f"/incidents/{number}/")
    theirs.locator("#composer").fill("Gefunden")
    theirs.get_by_role("button", name="Notiz speichern").click()
    expect(mine.locator("#timeline")).to_contain_text("Gefunden", timeout=6000)
    expect(mine.locator("#composer")).to_have_value("Ich bin am Schreiben")
    other.close()


def test_a_view_is_saved_by_keyboard(context: BrowserContext, company: Company) -> None:
    page = log_in(context, "support", "/incidents/?open=true&priority=critical")
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


def test_a_row_of_the_list_is_acted_on_by_key(context: BrowserContext, company: Company) -> None:
    company.incident()
    page = log_in(context, "support", "/incidents/?open=true")
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.get_by_role("dialog").get_by_role("button", name="Übernehmen").click()
    expect(page.locator("#toasts")).to_contain_text("übernommen")
    assert Incident.objects.get().assignee == company.support
