// Keeps the page, the keys and the last status lists for when there is no network; nothing about a person is kept.

const CACHE = "verify-1";
const SHELL = ["v", "verify/page.css", "verify/page.js"];
const KEYS = ".well-known/jalon-certificate-keys.json";
const root = new URL("./", location).pathname;
const kept = (path) => SHELL.includes(path) || path === KEYS || path.startsWith("status/");

self.addEventListener("install", (event) => {
  const fill = async () => (await caches.open(CACHE)).addAll(SHELL.map((path) => new Request(path, {cache: "reload"})));
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
    const cache = await caches.open(CACHE);
    await Promise.allSettled([KEYS, `status/${new Date().getUTCFullYear()}`].map((path) => cache.add(path)));
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const path = url.pathname.slice(root.length);
  if (event.request.method !== "GET" || url.origin !== location.origin || !kept(path)) return;
  const answer = async () => {
    const cache = await caches.open(CACHE);
    try {
      const response = await fetch(event.request);
      if (response.ok) event.waitUntil(cache.put(url.pathname, response.clone()));
      return response;
    } catch (error) {
      const stored = await cache.match(url.pathname);
      if (stored) return stored;
      throw error;
    }
  };
  event.respondWith(answer());
});
