// Ctrl/⌘ K: go anywhere, do what this page offers, search. A combobox over a listbox.
import { $, $$, on, say } from "./dom.js";

const box = $("#palette");
const input = $("#palette-input");
const list = $("#palette-list");
let timer = 0;
let asked = 0;
let shown = null;

const places = () => $$(".nav a, [data-command]").map((node) => ({
  node, text: node.dataset.command ?? node.querySelector(".word")?.textContent ?? node.textContent.trim(), keys: node.dataset.keys ?? "",
}));

function option(text, { href = "", keys = "", hint = "", run = null }) {
  const item = document.createElement(href ? "a" : "button");
  item.className = "item";
  item.id = `option-${list.querySelectorAll("[role=option]").length}`;
  item.setAttribute("role", "option");
  item.tabIndex = -1;
  if (href) item.href = href; else { item.type = "button"; item.addEventListener("click", run); }
  item.append(Object.assign(document.createElement("span"), { className: "clip", textContent: text }));
  if (hint) item.append(Object.assign(document.createElement("span"), { className: "end muted nowrap", textContent: hint }));
  for (const key of keys ? keys.split(" ") : []) item.append(Object.assign(document.createElement("kbd"), { textContent: key }));
  return item;
}

const heading = (text) => Object.assign(document.createElement("div"), { className: "group", textContent: text, role: "presentation" });

function pick(index) {
  const options = $$("[role=option]", list);
  if (!options.length) return input.removeAttribute("aria-activedescendant");
  const chosen = options[(index + options.length) % options.length];
  for (const node of options) node.setAttribute("aria-selected", String(node === chosen));
  input.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

const picked = () => $$("[role=option]", list).findIndex((node) => node.getAttribute("aria-selected") === "true");

function show(query, found = []) {
  const before = query === shown ? Math.max(0, picked()) : 0;
  shown = query;
  list.replaceChildren();
  const needle = query.toLocaleLowerCase();
  const matching = places().filter(({ text }) => text.toLocaleLowerCase().includes(needle));
  // What this page can do stands first, so that Enter means the same before and after the incidents have arrived.
  if (matching.length) list.append(heading(say("go_or_do")));
  for (const { node, text, keys } of matching) list.append(option(text, { keys, run: () => { box.close(); node.click(); } }));
  if (found.length) list.append(heading(say("incidents")));
  for (const hit of found) list.append(option(`${hit.number}  ${hit.title}`, { href: hit.url, hint: hit.hint }));
  if (query) list.append(option(say("search_for", { query }), { href: `${box.dataset.search}?q=${encodeURIComponent(query)}` }));
  pick(before);
}

async function search(query) {
  const ticket = ++asked;
  const response = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } });
  if (!response.ok || ticket !== asked || input.value.trim() !== query) return;
  show(query, (await response.json()).results);
}

function open() {
  if (!box || box.open) return;
  for (const other of $$("dialog[open]")) other.close();
  input.value = "";
  shown = null;
  show("");
  box.showModal();
  input.focus();
}

input?.addEventListener("input", () => {
  const query = input.value.trim();
  show(query);
  clearTimeout(timer);
  if (query.length > 1) timer = setTimeout(() => search(query).catch(() => {}), 150);
});

input?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") { pick(picked() + (event.key === "ArrowDown" ? 1 : -1)); event.preventDefault(); }
  if (event.key === "Enter") { $$("[role=option]", list)[picked()]?.click(); event.preventDefault(); }
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); open(); }
});
on("click", "[data-open-palette]", open);
