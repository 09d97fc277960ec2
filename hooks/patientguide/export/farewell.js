// The guide moved to an engine that lists no copy for browsers. Those that keep an old one forget it at their next visit.
const PREFIX = `guide ${self.registration.scope} `;

async function forget() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name);
  await self.registration.unregister();
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(forget()));
