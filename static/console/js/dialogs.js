// Native <dialog>: links with data-dialog open their own page's form in one; data-confirm asks before a form is sent.
import { $, on, say, visible } from "./dom.js";
import { toast } from "./toasts.js";

const sheet = $("#sheet");
let opener = null;
let places = [];

export async function openSheet(link) {
  opener = link;
  places = [link.id, link.closest?.("details.menu")?.id];
  const wait = $("#sheet-wait").content.cloneNode(true);
  $("#sheet-body").replaceChildren(wait);
  $("#sheet-title").textContent = link.dataset?.keysLabel ?? link.textContent?.trim() ?? "";
  sheet.showModal(); // at once: what is typed while the form is on its way must not press the page's keys
  const mark = ($("#sheet-body").waitingFor = {});
  const response = await fetch(link.href, { headers: { "HX-Request": "true", "HX-Target": "sheet-body" }, credentials: "same-origin" });
  if (!response.ok || response.redirected) return location.assign(link.href);
  const html = await response.text();
  if (!sheet.open || $("#sheet-body").waitingFor !== mark) return;
  fill(html, link);
  ($("[autofocus]", sheet) ?? $("textarea, select, input:not([type=hidden])", $("#sheet-body")))?.focus();
}

function fill(html, link) {
  const body = $("#sheet-body");
  body.innerHTML = html;
  $("#sheet-title").textContent = $("[data-sheet-title]", body)?.dataset.sheetTitle ?? link?.textContent?.trim() ?? "";
  window.htmx?.process(body);
  document.dispatchEvent(new CustomEvent("content:added", { detail: body }));
}

on("click", "a[data-dialog]", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !sheet?.showModal) return;
  event.preventDefault();
  link.closest("details.menu")?.removeAttribute("open");
  openSheet(link).catch(() => location.assign(link.href));
});

on("click", "[data-close-dialog]", (event, button) => {
  const box = button.closest("dialog");
  if (!box) return; // on a page of its own the link simply leads back
  event.preventDefault();
  box.close();
});
document.addEventListener("click", (event) => { if (event.target instanceof HTMLDialogElement) event.target.close(); });
// Focus goes back to where it came from: the link, its successor in a page that changed meanwhile, or its menu.
sheet?.addEventListener("close", () => {
  const [link, menu] = places.map((id) => id && document.getElementById(id));
  [opener, link, menu && $("summary", menu)].find(visible)?.focus();
});

// A form inside the sheet: sent in place, so that an error keeps the person where they are.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.closest("#sheet-body") || form.method !== "post") return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "1";
  const button = event.submitter;
  button?.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, {
      method: "POST", body: new FormData(form, button), credentials: "same-origin", headers: { "HX-Request": "true", "HX-Target": "sheet-body" },
    });
    const next = response.headers.get("HX-Redirect");
    if (next) return next.split("#")[0] === location.pathname + location.search ? location.reload() : location.assign(next);
    if (response.redirected) return location.assign(response.url);
    if (response.status === 401) return location.reload(); // to the login and back; the draft is kept
    if (!response.ok && ![409, 422].includes(response.status)) throw new Error(response.statusText);
    fill(await response.text());
    $("[aria-invalid=true], [role=alert]", sheet)?.focus();
  } catch {
    delete form.dataset.sent;
    toast(say("not_sent"), { tone: "critical", stays: true, id: "not-sent" });
  } finally {
    button?.removeAttribute("aria-busy");
  }
});

// data-confirm="question": ask once, then send.
let confirmed = null;
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  const box = $("#confirm");
  if (!question || confirmed === form || !box?.showModal) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  $("#confirm-text").textContent = question;
  $("#confirm-yes").textContent = event.submitter?.textContent.trim() ?? say("yes");
  box.returnValue = "";
  box.showModal();
  box.addEventListener("close", () => {
    if (box.returnValue !== "yes") return;
    confirmed = form;
    form.requestSubmit(event.submitter);
    confirmed = null; // a form that was not sent, because a field is missing, is asked again
  }, { once: true });
}, true);
