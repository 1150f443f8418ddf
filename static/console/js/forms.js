// Forms: no double sending, Ctrl/⌘ Enter sends, data-preview asks the server what the ticked boxes mean.
import { $, $$, on } from "./dom.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (event.submitter?.hasAttribute("data-download")) return;  // the page stays, and with it the form
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.closest("#sheet-body")) return;
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => { for (const form of $$("form[data-sent]")) { delete form.dataset.sent; $("[aria-busy]", form)?.removeAttribute("aria-busy"); } });

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) { event.target.form.requestSubmit(); event.preventDefault(); }
});

// After a refusal the first field that needs attention has the focus, whatever the form begins with.
$("main [aria-invalid=true]")?.focus();

// Arrows move between criteria: up and down within a group, left and right to the group beside it.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!(step || side) || !event.target.matches(".criteria-grid input")) return;
  const groups = $$("fieldset", event.target.closest(".criteria-grid"));
  const group = groups.indexOf(event.target.closest("fieldset"));
  const boxes = $$("input", groups.at((group + (side ?? 0)) % groups.length));
  boxes.at(step ? (boxes.indexOf(event.target) + step) % boxes.length : 0).focus();
  event.preventDefault();
});

// What only matters once another field is filled stays out of the way until then.
function reveal() { for (const part of $$("[data-with]")) part.hidden = !isGiven(part.closest("form").elements[part.dataset.with]); }
function isGiven(field) { return field.type === "checkbox" ? field.checked : Boolean(field.value); }
on("input", "form", reveal);
addEventListener("toggle", reveal, true);
reveal();

on("change", "form[data-autosubmit]", (_event, form) => form.requestSubmit());

// "Pick all" of a list and the bar that says how many are picked.
function count() {
  const picked = $$("[name=number]:checked").length;
  for (const bar of $$("[data-picked]")) bar.hidden = picked === 0;
  for (const node of $$("[data-picked-count]")) node.textContent = String(picked);
}
on("change", "[name=number]", count);
on("change", "[data-pick-all]", (_event, all) => { for (const box of $$("[name=number]")) box.checked = all.checked; count(); });
count();

// Without the right to copy (plain http) the text is selected instead, ready for Ctrl C.
on("click", "[data-copy]", async (_event, button) => {
  const source = $(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    if (!button.textContent.includes("✓")) button.append(" ✓");
  } catch { getSelection().selectAllChildren(source); }
});
