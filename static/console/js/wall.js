// The wall: says when what it shows is old. It goes on asking every minute, so it comes back by itself.
import "./charts.js";

const stale = document.getElementById("stale");
let shown = new Date();

const say = (why) => {
  for (const part of stale.querySelectorAll("[data-why]")) part.hidden = part.dataset.why !== why;
  document.getElementById("stale-since").textContent = shown.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  stale.hidden = false;
};

document.addEventListener("htmx:afterRequest", (event) => {
  const status = event.detail.xhr?.status ?? 0;
  if (status === 200 || status === 304) { shown = new Date(); stale.hidden = true; return; }
  say(status === 401 || status === 403 ? "login" : "offline");
});
