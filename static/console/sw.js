// Shows what the outbox pushes (notifications/channels/web_push.py) and opens it. Caches nothing.
self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(self.registration.showNotification(told.title || "Escola IM", {
    tag: told.tag,
    requireInteraction: !!told.is_urgent,
    data: { url: told.answer || told.link || "/" },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
