// Theme choice and menus (<details class="menu">): close on Escape, on a click elsewhere, arrow keys inside.
import { $, $$, on, store } from "./dom.js";

const root = document.documentElement;

function showTheme() {
  const chosen = root.dataset.theme ?? "system";
  for (const button of $$("[data-theme-choice]")) button.setAttribute("aria-checked", String(button.dataset.themeChoice === chosen));
}

on("click", "[data-theme-choice]", (_event, button) => {
  const choice = button.dataset.themeChoice;
  if (choice === "system") {
    delete root.dataset.theme;
    store.drop("theme");
  } else {
    root.dataset.theme = choice;
    store.set("theme", choice);
  }
  showTheme();
});

// What opens to be filled in is ready to be typed into; otherwise the first letter would press one of the page's keys.
on("click", "summary", (_event, { parentElement: box }) => {
  if (!box.open) requestAnimationFrame(() => $("input:not([type=hidden], [type=checkbox], [type=radio]), select", box)?.focus());
});

document.addEventListener("click", (event) => {
  for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]") ?? (event.key === "Escape" ? $("details.menu[open]") : null);
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    $("summary", menu).focus();
    event.stopPropagation();
  }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const items = $$(".item", menu);
    const here = items.indexOf(document.activeElement);
    const next = event.key === "ArrowDown" ? here + 1 : Math.max(here, 0) - 1; // from the summary up is the last one
    items.at(next % items.length)?.focus();
    event.preventDefault();
  }
});

showTheme();
