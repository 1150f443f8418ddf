// What somebody typed is never lost: every form with data-draft is kept in this browser until the server says it is saved.
// It survives a reload, a lost session, a conflict and a 503. Passwords and files are never kept; logging out clears it.
import { $, $$, on, say, store } from "./dom.js";

const person = document.body.dataset.person ?? "";
const week = 7 * 86400e3;
const name = (form) => `draft:${person}:${form.dataset.draft}`;
const fields = (form) => [...form.elements].filter(
  (field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type) && !field.readOnly);

function read(form) {
  try {
    const kept = JSON.parse(store.get(name(form)) ?? "null");
    return kept && Date.now() - kept.at < week ? kept : null;
  } catch { return null; }
}

const given = (field) => (field.tagName === "SELECT" ? field.querySelector("[selected]")?.value ?? "" : field.defaultValue);

function keep(form) {
  const values = {};
  const was = {};
  for (const field of fields(form)) {
    if (["checkbox", "radio"].includes(field.type)) {
      if (field.checked !== field.defaultChecked) (values[field.name] ??= []).push([field.value, field.checked]);
    } else if (field.value !== given(field)) {
      values[field.name] = field.value;
      was[field.name] = given(field);
    }
  }
  if (Object.keys(values).length) store.set(name(form), JSON.stringify({ at: Date.now(), values, was }));
  else store.drop(name(form));
}

function restore(form) {
  const { values, was } = read(form) ?? {};
  if (!values) return;
  let changed = false;
  for (const field of fields(form)) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (["checkbox", "radio"].includes(field.type)) {
      const choice = value.find?.(([known]) => known === field.value);
      if (choice && field.checked !== choice[1]) { field.checked = choice[1]; changed = true; }
    } else if (field.value !== value && (field.value === "" || !form.hasAttribute("data-bound") || given(field) === was?.[field.name])) {
      // what the server gave is only replaced while it is still what the draft replaced
      field.value = value;
      changed = true;
    }
  }
  if (changed) note(form);
}

function note(form) {
  if ($(".draft-note", form)) return;
  const line = document.createElement("p");
  line.className = "draft-note muted cluster";
  line.setAttribute("role", "status");
  line.textContent = say("draft_restored");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet small";
  button.textContent = say("draft_discard");
  button.addEventListener("click", () => { store.drop(name(form)); form.reset(); line.remove(); });
  line.append(button);
  form.prepend(line);
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

const waiting = new Map();
function schedule(event) {
  const form = event.target.closest?.("form[data-draft]");
  if (!form) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => keep(form), 200));
}

function restoreAll(root = document) { for (const form of $$("form[data-draft]", root)) restore(form); }

document.addEventListener("input", schedule);
document.addEventListener("change", schedule);
document.addEventListener("submit", (event) => { if (event.target.matches("form[data-draft]")) { clearTimeout(waiting.get(event.target)); keep(event.target); } });
addEventListener("pagehide", () => { for (const [form, timer] of waiting) { clearTimeout(timer); if (form.isConnected) keep(form); } });
document.addEventListener("content:added", (event) => restoreAll(event.detail));

// The server names the drafts it has saved (messages with the tag `saved:<key>`).
for (const node of $$("[data-saved]")) for (const key of node.dataset.saved.split(" ")) store.drop(`draft:${person}:${key}`);
on("submit", "form[data-forget-drafts]", () => { for (const key of store.keys()) if (key.startsWith("draft:")) store.drop(key); });
restoreAll();

// Back to a page whose text has been saved meanwhile: nobody sends it twice.
addEventListener("pageshow", (event) => {
  if (!event.persisted && performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return;
  for (const form of $$("form[data-draft]")) if (!read(form)) form.reset();
});
