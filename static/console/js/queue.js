// Notes of a major's room are kept in this browser first and sent then. Without a connection they wait, and go when it
// is back. Each has a key the server knows it by, so that what was sent twice is kept once.
import { $, say, store } from "./dom.js";
import { toast } from "./toasts.js";

const form = $("form[data-queue]");
const list = $("#queued");
const place = `queue:${document.body.dataset.person}:${form?.dataset.queue}`;
const patience = 15_000;
const refusals = [404, 409, 422];
let here = null; // the notes themselves, where the browser's storage is full or off
let sending = false;

function read() {
  try { return here ?? JSON.parse(store.get(place) ?? "[]"); } catch { return []; }
}

function write(notes) {
  const text = JSON.stringify(notes);
  if (notes.length) store.set(place, text); else store.drop(place);
  here = (store.get(place) ?? "[]") === text ? null : notes;
  show(notes);
}

// Plain http knows no crypto.randomUUID.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function show(notes) {
  list.hidden = !notes.length;
  list.replaceChildren(...notes.map((note) => {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("span"), { textContent: note.text }), " ");
    item.append(Object.assign(document.createElement("span"), { className: "muted", textContent: say(note.refused ? "note_refused" : "note_waits") }));
    if (note.refused) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: say("note_back") });
      button.addEventListener("click", () => {
        write(read().filter((other) => other.key !== note.key));
        form.elements.text.value = note.text;
        form.elements.text.focus();
      });
      item.append(" ", button);
    }
    return item;
  }));
}

async function post(note) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries({ key: note.key, kind: note.kind, text: note.text, noted_at: note.at })) body.set(name, value);
  return fetch(form.action, {
    method: "POST", body, credentials: "same-origin", signal: AbortSignal.timeout(patience), headers: { "HX-Request": "true", "HX-Target": "sheet-body", "X-Queued": "1" },
  });
}

async function send() {
  if (sending) return;
  sending = true;
  let sent = 0;
  try {
    for (const note of read().filter((waiting) => !waiting.refused)) {
      const { ok, status } = await post(note);
      if (ok) { write(read().filter((other) => other.key !== note.key)); sent += 1; }
      else if (refusals.includes(status)) write(read().map((other) => (other.key === note.key ? { ...other, refused: true } : other)));
      else {
        if (status === 401 || status === 403) toast(say("session_lost"), { tone: "high", stays: true, id: "session-lost" });
        break;
      }
    }
  } catch { /* no connection: the next try */ } finally { sending = false; }
  if (sent) document.body.dispatchEvent(new CustomEvent("room:changed"));
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const { text, kind } = form.elements;
  if (!text.value.trim()) return;
  write([...read(), { key: newKey(), kind: kind.value, text: text.value, at: new Date().toISOString() }]);
  text.value = "";
  for (const choice of kind) choice.defaultChecked = choice.checked; // stays for the next note, and is no draft
  send();
});

if (form) {
  show(read());
  send();
  addEventListener("online", send);
  setInterval(() => { if (read().some((note) => !note.refused)) send(); }, 5000);
}
