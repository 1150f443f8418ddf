// Keys: any element with data-keys="e" or "g i" is pressed by typing it. In lists j/k move, o opens, x picks.
// Off while typing, and can be switched off altogether in the sheet (WCAG 2.1.4).
import { $, $$, isTyping, on, store, visible } from "./dom.js";
import { openSheet } from "./dialogs.js";

// In a list of incidents these open the verb of the current row.
const rowVerbs = { a: "acknowledge", e: "escalate", p: "set-priority", m: "comment" };

let pending = "";
let timer = 0;

const rows = () => $$("[data-row]").filter(visible);
const current = () => $("[data-row].is-current");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const index = all.indexOf(current());
  const next = all[Math.max(0, Math.min(all.length - 1, index + step))];
  current()?.classList.remove("is-current");
  next.classList.add("is-current");
  $("a.title, a", next)?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function press(keys) {
  const scope = current();
  const target = [...(scope ? $$(`[data-keys="${keys}"]`, scope) : []), ...$$(`[data-keys="${keys}"]`)].find(
    (node) => visible(node) || node.hasAttribute("data-keys-hidden"));
  if (!target) return false;
  if (target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) target.focus();
  else target.click();
  return true;
}

function onRow(key) {
  const title = current() && $("a.title[data-incident]", current());
  if (!title || !rowVerbs[key]) return false;
  const link = { href: `${title.href}${rowVerbs[key]}/`, focus: () => title.focus(), getClientRects: () => title.getClientRects() };
  openSheet(link).catch(() => location.assign(link.href));
  return true;
}

function act(key) {
  if (key === "j" || key === "k") { move(key === "j" ? 1 : -1); return true; }
  if (key === "o" && current()) { $("a.title, a", current()).click(); return true; }
  if (key === "x" && current()) { $("input[type=checkbox]", current())?.click(); return true; }
  if (key === "?") { help(); return true; }
  return press(key) || onRow(key);
}

function help() {
  const list = $("#keys-found");
  list.replaceChildren();
  const seen = new Set();
  for (const node of $$("[data-keys]")) {
    const keys = node.dataset.keys;
    if (seen.has(keys) || keys === "?") continue;
    seen.add(keys);
    const line = document.createElement("div");
    const what = document.createElement("dt");
    what.textContent = node.dataset.keysLabel ?? node.getAttribute("aria-label") ?? node.textContent.trim().replace(/\s+/g, " ");
    const how = document.createElement("dd");
    for (const key of keys.split(" ")) how.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
    line.append(what, how);
    list.append(line);
  }
  const toggle = $("#keys-on");
  toggle.checked = store.get("keys") !== "off";
  $("#keys").showModal();
}

on("change", "#keys-on", (_event, box) => (box.checked ? store.drop("keys") : store.set("keys", "off")));
on("click", "[data-open-keys]", help);
on("focusin", "[data-row]", (_event, row) => { current()?.classList.remove("is-current"); row.classList.add("is-current"); });

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping() || $("dialog[open]")) return;
  if (store.get("keys") === "off" && event.key !== "?") return;
  if (event.key.length !== 1) return;
  clearTimeout(timer);
  const sequence = pending ? `${pending} ${event.key}` : event.key;
  pending = "";
  if (sequence.length === 1 && $(`[data-keys^="${CSS.escape(event.key)} "]`)) {
    pending = event.key;
    timer = setTimeout(() => { pending = ""; }, 1200);
    return;
  }
  if (act(sequence)) event.preventDefault();
});
