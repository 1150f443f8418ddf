// <time data-ago datetime=…>: relative words that stay true while the page is open; the exact instant is its title.
import { $$ } from "./dom.js";

const steps = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });

function relative(instant) {
  const seconds = (instant - Date.now()) / 1000;
  if (Math.abs(seconds) < 45) return format.format(0, "second");
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length * 0.95) ?? steps.at(-1);
  return format.format(Math.round(seconds / size), unit);
}

export function refresh(root = document) {
  for (const time of $$("time[data-ago]", root)) {
    const text = relative(Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

refresh();
setInterval(refresh, 20_000);
document.addEventListener("htmx:afterSettle", (event) => refresh(event.target));
