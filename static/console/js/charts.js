// Marks of a chart: what a mark says is shown at once, and one Tab stop per chart with arrow keys between its marks.
// Without this every mark is a link with its own title, and the table behind says the same.
import { $$, on } from "./dom.js";

const tip = Object.assign(document.createElement("div"), { className: "mark-tip", hidden: true });
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);

const wordsOf = (mark) => {
  const title = mark.querySelector("title");
  if (title) { // the browser's own tip would come a second later, over ours
    mark.setAttribute("aria-label", title.textContent);
    title.remove();
  }
  return mark.getAttribute("aria-label") ?? "";
};

const tell = (mark) => {
  tip.textContent = wordsOf(mark);
  tip.hidden = false;
  const shape = (mark.querySelector(":scope > :last-child:not(.hit)") ?? mark).getBoundingClientRect();
  const box = tip.getBoundingClientRect();
  const left = Math.min(Math.max(8, shape.x + shape.width / 2 - box.width / 2), innerWidth - box.width - 8);
  const top = shape.y - box.height - 8;
  tip.style.transform = `translate(${left}px, ${top < 8 ? shape.bottom + 8 : top}px)`;
};
const hush = () => { tip.hidden = true; };

on("pointerover", ".mark-at", (_event, mark) => tell(mark));
on("pointerout", ".mark-at", hush);
on("focusin", ".mark-at", (_event, mark) => tell(mark));
on("focusout", ".mark-at", hush);
addEventListener("scroll", hush, { passive: true, capture: true });

on("click", "[data-print]", () => print());

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
on("keydown", "[data-marks] a", (event, mark) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const marks = $$("a", mark.closest("[data-marks]"));
  const at = marks.indexOf(mark);
  const next = { Home: 0, End: marks.length - 1 }[event.key] ?? (event.key in STEPS ? at + STEPS[event.key] : -1);
  if (event.key === "Escape") hush();
  if (!marks[next]) return;
  event.preventDefault();
  mark.tabIndex = -1;
  marks[next].tabIndex = 0;
  marks[next].focus();
});

const settle = (root) => $$("[data-marks]", root).forEach((group) =>
  $$("a", group).forEach((mark, place) => { wordsOf(mark); mark.tabIndex = place ? -1 : 0; }));
settle(document);
document.addEventListener("htmx:afterSettle", (event) => settle(event.target));
