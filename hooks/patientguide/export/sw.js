// A page is today's while the network answers, and a dated copy while it does not.
// Written before this, for each build: FILES (path: start of its SHA-256, most important first), SET (the mark of its
// scripts and styles), BUILD (the mark of FILES), FORMS (pages that readers fill in), DAYS (the greatest age of a copy).
// Workbox has the strategies used here (NetworkFirst with networkTimeoutSeconds, expiration), but needs a bundler or five
// files of 20 kB, shows a 503 or the page of a captive portal as the guide's, and does not say that a page is a copy.
const SCOPE = self.registration.scope;
const PREFIX = `guide ${SCOPE} `; // of all caches, those of earlier workers too
const KEPT = `${PREFIX}kept `;
const CACHE = KEPT + SET; // one for each set of scripts and styles, so that no copy runs with those of another build
const STATE = `${SCOPE}sw-state.json`; // when this build was last seen online, and how often it was fetched
const ONLINE = "pg-online"; // in an address: the reader asks for the page as it is online
const OURS = `http-equiv="Content-Security-Policy" content="default-src 'none'`; // comes first in each page; see policy.py
const [DAY, MARK] = ["x-pg-day", "x-pg-mark"]; // headers of a copy: when it was fetched, and what FILES said of it then
const [WAIT, WAIT_LONG] = [3000, 30000]; // milliseconds
const [TRIES, VISITED, BYTES, PICTURE] = [3, 100, 2e6, 5e5];

const copied = new Map(); // clients that show a copy, with the cache that it came from
const spared = new Set(); // filled-in pages that a script of an earlier build is about to load again
let state = null;
let isRetired = false;
let filling = null;

const pause = (time) => new Promise((done) => setTimeout(done, time));
const address = (path) => SCOPE + encodeURI(path).replace(/(^|\/)index\.html$/, "$1");
const pathOf = (key) => decodeURI(key.slice(SCOPE.length)).replace(/(^|\/)$/, "$1index.html");
const keyOf = (url) => url.replace(/[?#].*$/, "").replace(/\/index\.html$/, "/");
const isHtml = (response) => /html/.test(response.headers.get("content-type"));
const isFresh = (day) => Date.now() - Date.parse(day) <= DAYS * 864e5;
const now = () => new Date().toISOString();

// -- what is kept

async function known() {
  state ??= await caches.match(STATE, { cacheName: CACHE }).then((found) => found?.json() ?? {});
  return state;
}

async function note(change) {
  if (isRetired) return;
  state = { ...(await known()), ...change };
  await (await caches.open(CACHE)).put(STATE, new Response(JSON.stringify(state)));
}

const named = async (start) => (await caches.keys()).filter((name) => name.startsWith(start));

// The day on which a copy was last known to be the page online: a file that FILES still names grows no older.
async function dayOf(copy, key) {
  const { day, build } = await known();
  const isListed = build === BUILD && copy.headers.get(MARK) && copy.headers.get(MARK) === FILES[pathOf(key)];
  return [copy.headers.get(DAY), isListed && day].filter(Boolean).sort().at(-1);
}

async function kept(key, first = CACHE) {
  for (const name of new Set([first, CACHE, ...(await named(KEPT))])) {
    const copy = await caches.match(key, { cacheName: name });
    const day = copy && (await dayOf(copy, key));
    if (copy && isFresh(day)) return { copy, day, name };
  }
  return null;
}

async function keep(key, response) {
  if (isRetired) return 0;
  const headers = new Headers(response.headers);
  for (const name of ["vary", "content-encoding", "content-length"]) headers.delete(name);
  headers.set(DAY, now());
  headers.set(MARK, FILES[pathOf(key)] ?? "");
  const body = await response.blob();
  const cache = await caches.open(CACHE);
  await cache.put(key, new Response(body, { headers }));
  const listed = new Set([STATE, ...Object.keys(FILES).map(address)]);
  const visited = (await cache.keys()).filter((request) => !listed.has(request.url));
  for (const request of visited.slice(0, -VISITED)) await cache.delete(request);
  return body.size;
}

async function retire() {
  isRetired = true;
  for (const name of await named(PREFIX)) await caches.delete(name);
  await self.registration.unregister();
}

// -- what is online

// What sw.js says of the build that is online; "gone" when the site has none, null when the network does not say.
async function online() {
  const options = { cache: "no-cache", redirect: "error", signal: AbortSignal.timeout(WAIT_LONG) };
  const response = await fetch(self.location.href, options).catch(() => null);
  if ([404, 410].includes(response?.status)) return "gone";
  if (!response?.ok || !/javascript/.test(response.headers.get("content-type"))) return null;
  const text = await response.text();
  return { build: text.match(/BUILD = "(\w+)"/)?.[1], set: text.match(/SET = "(\w+)"/)?.[1] };
}

async function isOurs(response) {
  const reader = response.clone().body.pipeThrough(new TextDecoderStream()).getReader();
  let start = "";
  while (start.length < 2000 && !start.includes(OURS)) {
    const { done, value } = await reader.read();
    if (done) break;
    start += value;
  }
  reader.cancel().catch(() => null);
  return start.includes(OURS);
}

// A content network may take our mark off, and another site may be here now: then sw.js is there, or is gone. A
// captive portal answers that one with a page of its own, too.
const isReal = async (response) => (await isOurs(response)) || Boolean(await online());

// A page from the network, and what it is.
async function today(url) {
  const response = await fetch(url, { cache: "no-cache", headers: { Accept: "text/html" } });
  if (response.redirected) return { is: response.url.startsWith(SCOPE) ? "moved" : "foreign", response };
  if ([404, 410].includes(response.status)) return { is: "gone", response };
  if (!response.ok || !isHtml(response)) return { is: "fault", response };
  const spare = response.clone();
  return { is: (await isReal(response)) ? "page" : "foreign", response, spare };
}

// After a page was shown: renew its copy. That of a page with another set of scripts is made by the next worker: the
// browser looks for it at each visit. Asked from here, Chromium 156 often leaves it waiting for ever.
async function learn(key, found) {
  if (!["page", "gone", "moved"].includes(found?.is)) return;
  const said = await online();
  if (said === "gone") return retire();
  if (found.is === "gone") for (const name of await named(KEPT)) await (await caches.open(name)).delete(key);
  if (found.is === "page" && said?.set === SET) await keep(key, found.spare);
  if (said?.build === BUILD && (await known()).day?.slice(0, 10) !== now().slice(0, 10)) await note({ day: now() });
}

// -- what a reader is shown

function said(html, name, english) {
  return html.match(new RegExp(`data-pg-${name}="([^"]*)"`))?.[1] || english;
}

function answer(copy, html, status) {
  return new Response(html, { status, headers: copy.headers });
}

async function dated({ copy, day, name }, client) {
  copied.set(client, name);
  const html = await copy.text();
  const language = html.match(/<html[^>]* lang="([\w-]+)"/)?.[1] ?? "en";
  const date = new Date(day).toLocaleDateString(language, { dateStyle: "long" });
  const words = said(html, "saved", "Saved copy of {day}.").replace("{day}", () => date);
  const way = `<a href="?${ONLINE}">${said(html, "online", "Open the page as it is online")}</a>`;
  const at = html.lastIndexOf("</body>");
  return answer(copy, `${html.slice(0, at)}<div class="pg-saved" role="status"><span>${words}</span> ${way}</div>${html.slice(at)}`);
}

// The nearest page above that is kept lends its frame, with links that lead from there.
async function unsaved(url, client) {
  let above = url;
  let frame = null;
  while (!frame && above.length > SCOPE.length) {
    above = above.replace(/[^/]*\/?$/, "");
    frame = await kept(above);
  }
  if (!frame) return Response.error();
  copied.set(client, frame.name);
  const html = await frame.copy.text();
  const title = said(html, "unsaved", "You are offline, and this page is not saved on this device.");
  const way = `<a href="?${ONLINE}">${said(html, "again", "Try again")}</a>`;
  const led = html
    .replace(/<(nav|details) class="pg-(toc|contents)"[^]*?<\/\1>/g, "")
    .replace(/<title>[^<]*/, () => `<title>${title}`)
    .replace(/ (href|src|data-pg-file-\w+)="([^"#][^"]*)"/g, (_, name, to) => ` ${name}="${new URL(to, above)}"`)
    .replace(/(<article[^>]*>)[^]*(<\/article>)/, (_, start, end) => `${start}<h1>${title}</h1><p>${way}</p>${end}`);
  return answer(frame.copy, led, 503);
}

async function page(event) {
  const url = new URL(event.request.url);
  const insists = url.searchParams.has(ONLINE);
  if (insists) url.searchParams.delete(ONLINE);
  const key = keyOf(url.href);
  if (spared.delete(key)) return new Response(null, { status: 204 }); // the page stays as it is, with what was typed
  const network = today(url.href).catch(() => null);
  event.waitUntil(network.then((found) => learn(key, found)).catch(() => null));
  const copy = await kept(key).catch(() => null);
  const found = await (copy ? Promise.race([network, pause(insists ? WAIT_LONG : WAIT)]) : network);
  if (found && (!copy || ["page", "gone", "moved", insists && "foreign"].includes(found.is)))
    return found.response.redirected ? Response.redirect(found.response.url) : found.response;
  if (copy && (found || !insists)) return dated(copy, event.resultingClientId);
  // A page of another host, such as where to log in; never what the browser itself has kept.
  const other = await fetch(event.request, { cache: "no-store" }).catch(() => null);
  if (other) return other;
  if (copy) return dated(copy, event.resultingClientId);
  if (await kept(`${key}/`).catch(() => null)) return Response.redirect(`${key}/`);
  const { day } = await known().catch(() => ({}));
  if (day && !isFresh(day)) await retire();
  return unsaved(key, event.resultingClientId);
}

// The browser asks us again next time, however long the server says that it may keep a file.
function unkept(response) {
  const headers = new Headers(response.headers);
  headers.set("cache-control", "no-cache");
  return new Response(response.body, { status: response.status, headers });
}

// Scripts, styles, fonts and pictures: those of the build that the page belongs to.
async function file(event) {
  const key = keyOf(event.request.url);
  const copy = await kept(key, copied.get(event.clientId)).catch(() => null);
  if (copy && copied.has(event.clientId)) return unkept(copy.copy);
  const network = fetch(event.request, { cache: "no-cache" }).catch(() => null);
  const found = await (copy ? Promise.race([network, pause(WAIT)]) : network);
  if (found?.ok && !isHtml(found)) {
    const isSmall = Number(found.headers.get("content-length")) <= PICTURE;
    if (event.request.destination === "image" && isSmall) event.waitUntil(keep(key, found.clone()).catch(() => null));
    return unkept(found);
  }
  const build = copy && (await Promise.race([online(), pause(WAIT)]));
  if (copy && (!build || build.set === SET)) return unkept(copy.copy);
  return found ?? (await network) ?? Response.error();
}

// -- what is fetched in the background

async function lacking() {
  const found = [];
  for (const path of Object.keys(FILES)) {
    const copy = await caches.match(address(path), { cacheName: CACHE });
    if (copy?.headers.get(MARK) !== FILES[path]) found.push(path);
  }
  return found;
}

// Answers how many bytes came from the network, `most` at best. A bad file harms only itself; full storage ends it all.
async function take(key, most, older = []) {
  for (const name of older) {
    const copy = await caches.match(key, { cacheName: name });
    if (copy && copy.headers.get(MARK) === FILES[pathOf(key)]) {
      await keep(key, copy);
      return 0;
    }
  }
  const response = await fetch(key, { cache: "no-cache", signal: AbortSignal.timeout(WAIT_LONG) }).catch(() => null);
  const isPage = pathOf(key).endsWith(".html");
  const isGood = response?.ok && !response.redirected && isHtml(response) === isPage;
  if (!isGood || Number(response.headers.get("content-length")) > most) return 0;
  return isPage && !(await isReal(response)) ? 0 : keep(key, response);
}

async function fill(here) {
  if (isRetired) return 0;
  const older = (await named(KEPT)).filter((name) => name !== CACHE);
  const { build, tries, tried } = await known();
  const turn = build === BUILD ? tries + 1 : 1;
  const day = now().slice(0, 10);
  const missing = await lacking();
  let spent = 0;
  if (missing.length && !(turn > TRIES && tried === day)) {
    await note({ build: BUILD, tries: turn, tried: day, day: now() });
    for (const path of missing) spent += await take(address(path), BYTES - spent, older);
  }
  const cache = await caches.open(CACHE);
  const visited = [here];
  for (const name of older) visited.push(...(await (await caches.open(name)).keys()).map((request) => request.url));
  for (const key of visited)
    if (key.endsWith("/") && spent < BYTES && !(await cache.match(key))) spent += await take(key, BYTES - spent);
  const left = await lacking();
  if (!left.length || turn >= TRIES) for (const name of older) await caches.delete(name);
  return left.length;
}

// -- events

// The script of earlier pages loads each page again as soon as another worker takes over, filled in or not.
async function begin() {
  const earlier = (await named(PREFIX)).filter((name) => !name.startsWith(KEPT));
  const pages = earlier.length ? await self.clients.matchAll({ includeUncontrolled: true }) : [];
  for (const key of pages.map((client) => keyOf(client.url))) if (FORMS.includes(pathOf(key))) spared.add(key);
  setTimeout(() => spared.clear(), WAIT);
  for (const name of earlier) await caches.delete(name);
  await self.clients.claim();
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("message", (event) => {
  if (!event.data?.keep) return;
  filling ??= fill(keyOf(event.data.keep)).finally(() => (filling = null));
  const failed = () => lacking().then((left) => left.length || 1);
  event.waitUntil(filling.catch(failed).then((missing) => event.ports[0]?.postMessage({ missing })));
});
self.addEventListener("fetch", (event) => {
  const { method, url, mode, destination } = event.request;
  if (method !== "GET" || !url.startsWith(SCOPE)) return;
  if (mode === "navigate" && /\/[^./]*$|\.html$/.test(keyOf(url))) event.respondWith(page(event));
  else if (["script", "style", "font", "image"].includes(destination)) event.respondWith(file(event));
});
