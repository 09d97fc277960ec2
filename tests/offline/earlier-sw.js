// Keeps the whole guide for readers without signal. One copy is one build: a page of another build never joins it.
// BUILD and FILES (path: start of its SHA-256) stand before this, written for each build.
const SCOPE = self.registration.scope;
const PREFIX = `guide ${SCOPE} `;
const CACHE = PREFIX + BUILD;
const LIST = `${SCOPE}sw-files.json`; // what a copy holds, kept in it
const AT_ONCE = 4;
const TRIES = 2;

const address = (path) => SCOPE + encodeURI(path).replace(/(^|\/)index\.html$/, "$1");

async function mark(data) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function fetched(path) {
  for (let turn = 1; turn <= TRIES; turn++) {
    const response = await fetch(address(path), { cache: turn > 1 ? "reload" : "no-cache" });
    const data = await response.clone().arrayBuffer();
    if ((await mark(data)).startsWith(FILES[path])) return new Response(data, { headers: response.headers });
  }
  throw new Error(`${path} is not the file of this build`); // half of an update is online: the next visit tries again
}

async function kept() {
  const found = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === CACHE) continue;
    const cache = await caches.open(name);
    const list = await cache.match(LIST);
    if (list) found.push([cache, await list.json()]);
  }
  return found;
}

async function fill() {
  const cache = await caches.open(CACHE);
  const older = await kept();
  const waiting = Object.keys(FILES);
  const work = async () => {
    for (let path = waiting.shift(); path; path = waiting.shift()) {
      const same = older.find(([, list]) => list[path] === FILES[path]);
      const copy = same && (await same[0].match(address(path)));
      await cache.put(address(path), copy || (await fetched(path)));
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await cache.put(LIST, new Response(JSON.stringify(FILES)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function forget() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  const url = request.url.replace(/[?#].*$/, "").replace(/\/index\.html$/, "/");
  const page = await cache.match(url);
  if (page) return page;
  if (!url.endsWith("/") && (await cache.match(`${url}/`))) return Response.redirect(`${url}/`);
  try {
    return await fetch(request);
  } catch (error) {
    const lost = request.mode === "navigate" && (await cache.match(address("404.html")));
    if (!lost) throw error;
    return new Response(lost.body, { status: 404, headers: lost.headers });
  }
}

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(forget()));
self.addEventListener("message", (event) => event.data === "show" && self.skipWaiting());
self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && event.request.url.startsWith(SCOPE)) event.respondWith(answer(event.request));
});
