// Small helpers the other modules share.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

export const on = (type, selector, handler) =>
  document.addEventListener(type, (event) => {
    const target = event.target instanceof Element ? event.target.closest(selector) : null;
    if (target) handler(event, target);
  });

export const isTyping = (element = document.activeElement) =>
  !!element?.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");

export const visible = (element) => !!element && element.getClientRects().length > 0;

export const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* full or off: nothing to do */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* as above */ } },
  keys() { try { return Object.keys(localStorage); } catch { return []; } },
};

// Words the scripts say stand in the page (templates/console/_words.html), so that they are translated with it.
const words = () => JSON.parse($("#words")?.textContent ?? "{}");
export const say = (key, places = {}) =>
  Object.entries(places).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words()[key] ?? key);
