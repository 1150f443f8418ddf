// Live regions: htmx polls (hx-trigger="every 2s"), the server answers 304 while nothing changed.
// A region somebody is typing in, or has a menu open in, waits; the next poll catches up.
import { $, isTyping, say } from "./dom.js";
import { toast } from "./toasts.js";

const isBusy = (region) =>
  (region.contains(document.activeElement) && isTyping()) || !!$("details.menu[open], dialog[open], [data-dirty]", region);

let failures = 0;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("[data-live]") && document.hidden) event.preventDefault();
});

document.addEventListener("htmx:configRequest", (event) => {
  const region = event.target;
  if (region.matches("[data-live]") && region.dataset.etag) event.detail.headers["If-None-Match"] = region.dataset.etag;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const region = event.target;
  if (!region.matches?.("[data-live]")) return;
  const { xhr } = event.detail;
  if (![200, 286].includes(xhr.status)) { event.detail.shouldSwap = false; return; }
  if (isBusy(region)) { event.detail.shouldSwap = false; return; }
  region.dataset.etag = xhr.getResponseHeader("ETag") ?? "";
  region.focusKey = region.contains(document.activeElement) ? document.activeElement.id : "";
  region.currentKey = $(".row.is-current", region)?.id ?? "";
  region.openKeys = [...region.querySelectorAll("details[open][id]")].map((node) => node.id);
  region.picked = [...region.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value);
  region.known = new Set([...region.querySelectorAll("[id]")].map((node) => node.id));
});

document.addEventListener("htmx:afterSwap", (event) => {
  const region = event.target;
  if (!region.matches?.("[data-live]") || !region.known) return;
  for (const row of region.querySelectorAll(".row[id], .timeline > li[id]")) if (!region.known.has(row.id)) row.classList.add("is-new");
  for (const id of region.openKeys) document.getElementById(id)?.setAttribute("open", "");
  for (const box of region.querySelectorAll("input[type=checkbox]")) if (region.picked.includes(box.value)) box.checked = true;
  if (region.currentKey) document.getElementById(region.currentKey)?.classList.add("is-current");
  if (region.focusKey) document.getElementById(region.focusKey)?.focus({ preventScroll: true });
  const hint = region.dataset.titleCount !== undefined && $("[data-count]", region)?.dataset.count;
  if (hint) document.title = document.title.replace(/^(\(\d+\) )?/, hint === "0" ? "" : `(${hint}) `);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.target.matches?.("[data-live]")) return;
  const status = event.detail.xhr?.status ?? 0;
  if (status === 401 || status === 403) { toast(say("session_lost"), { tone: "high", stays: true, id: "session-lost" }); return; }
  failures = [200, 286, 304].includes(status) ? 0 : failures + 1;
  if (failures === 0) document.getElementById("offline")?.remove();
  if (failures === 3) toast(say("offline"), { tone: "high", stays: true, id: "offline" });
});
