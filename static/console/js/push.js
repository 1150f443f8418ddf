// "Register this device": the browser asks the person, its push service gives an address, the form keeps both.
import { $ } from "./dom.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

async function subscribe(key) {
  if (await Notification.requestPermission() !== "granted") throw new Error("denied");
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  if (known) await known.unsubscribe(); // perhaps made with a key we had before
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

const form = $("[data-push-key]");
if (form && "PushManager" in window && "serviceWorker" in navigator) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { endpoint, keys } = (await subscribe(form.dataset.pushKey)).toJSON();
      Object.assign(form.elements.endpoint, { value: endpoint });
      Object.assign(form.elements.p256dh, { value: keys.p256dh });
      Object.assign(form.elements.auth, { value: keys.auth });
      form.submit();
    } catch {
      $("[data-push-refused]").hidden = false;
    }
  });
}
