// Messages at the lower edge. The server renders them; scripts may add one. Errors stay until closed.
import { $, on } from "./dom.js";

const box = $("#toasts");
const lifetime = 7000;

function arm(toast) {
  if (toast.hasAttribute("data-stays")) return;
  let timer = setTimeout(() => toast.remove(), lifetime);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => { timer = setTimeout(() => toast.remove(), lifetime); });
}

export function toast(text, { tone = "info", stays = false, id = "" } = {}) {
  if (!box || (id && document.getElementById(id))) return;
  const node = $("#toast-template").content.firstElementChild.cloneNode(true);
  node.classList.add(`tone-${tone}`);
  if (id) node.id = id;
  if (stays) node.setAttribute("data-stays", "");
  $("[data-text]", node).textContent = text;
  box.append(node);
  arm(node);
}

on("click", "[data-close-toast]", (_event, button) => button.closest(".toast").remove());
for (const node of box?.children ?? []) arm(node);
