// The search box: opens, asks patientguideSearch, shows what it found. Nothing that is typed leaves the page.
(() => {
  const box = document.querySelector("[data-pg-search]");
  const toggle = document.querySelector("[data-md-toggle=search]");
  if (!box || !toggle) return;
  const { pgFileEngine, pgFileIndex } = box.dataset;
  // A translation has an index of its own, which leads from its own folder.
  const root = new URL(box.dataset.pgFileRoot ?? new URL("../", document.currentScript.src), document.baseURI);
  const parts = ["input", "[role=status]", "ol", ".pg-nothing"];
  const [input, state, list, nothing] = parts.map((part) => box.querySelector(part));
  const MORE = box.dataset.pgMore ?? "Looking in the texts of all pages, too.";
  const filled = (text, value) => text.replace("#", value);
  let engine = null;
  let loading = null;
  let completing = null;
  let isWhole = false;

  const load = (path) =>
    new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = path;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });

  // A first visit pays for the index only when somebody searches. A script opens from a folder, too; fetch does not.
  async function start() {
    await Promise.all([load(pgFileEngine), load(pgFileIndex)]);
    engine = new patientguideSearch.Engine(patientguideIndex);
    isWhole = !patientguideIndex.parts;
    const help = patientguideIndex.help.map(([url, title]) => element("li", "", link(url, title)));
    nothing.querySelector("ul").replaceChildren(...help);
  }

  // The parts of a long index: what is said in texts. All are loaded, so that what was typed shows in none of them.
  async function complete() {
    const missing = patientguideIndex.parts.filter((part) => typeof part === "string");
    try {
      await Promise.all(missing.map((part) => load(new URL(part, root))));
    } catch {
      completing = null; // the next letter tries again
      state.textContent = state.dataset.failed;
      return;
    }
    engine = new patientguideSearch.Engine(patientguideSearch.joined(patientguideIndex));
    isWhole = true;
    if (!list.contains(document.activeElement)) answer(); // nothing moves under the fingers of a reader
  }

  function element(name, style, ...inside) {
    const made = document.createElement(name);
    if (style) made.className = style;
    made.append(...inside);
    return made;
  }

  function link(path, ...inside) {
    const [page, anchor] = path.split("#");
    const made = element("a", "md-search-result__link", ...inside);
    const file = location.protocol === "file:" ? "index.html" : "";
    made.href = new URL(`${page}${file}${anchor ? `#${anchor}` : ""}`, root);
    return made;
  }

  // A text with the words that were asked for marked in it.
  function marked(text, stems) {
    const asked = (piece) => engine.reader.each(piece).some((word) => stems.has(word.stem));
    const pieces = text.split(/([\p{L}\p{N}]+)/u);
    return pieces.map((piece, n) => (n % 2 && asked(piece) ? element("mark", "", piece) : piece));
  }

  function shown({ unit, section, words }, stems) {
    const [anchor, heading] = section;
    const note = unit.note || engine.kinds[unit.kind][0];
    const lines = [element("strong", "pg-hit__title", ...marked(unit.title, stems))];
    if (note) lines.push(element("span", "pg-hit__note", ...marked(note, stems)));
    if (unit.text) lines.push(element("span", "pg-hit__text", ...marked(unit.text, stems)));
    if (heading) lines.push(element("span", "pg-hit__section", filled(list.dataset.section, heading)));
    const article = element("div", "md-search-result__article", ...lines);
    return element("li", "md-search-result__item", link(anchor ? `${unit.url}#${anchor}` : unit.url, article));
  }

  function said(query, { hits, meant }) {
    const { start: empty, none, one, other, meant: mended } = state.dataset;
    if (!query.trim()) return empty;
    const count = hits.length === 1 ? one : filled(other, hits.length);
    if (!isWhole) return hits.length ? `${count} ${MORE}` : MORE;
    return !hits.length ? filled(none, query.trim()) : meant ? `${filled(mended, meant)} ${count}` : count;
  }

  async function search() {
    try {
      await (loading ??= start());
    } catch {
      loading = null;
      state.textContent = state.dataset.failed;
      return;
    }
    answer();
    if (!isWhole) completing ??= complete();
  }

  function answer() {
    const query = input.value;
    const found = engine.find(query);
    const asked = [query, found.meant, ...found.hits.flatMap((hit) => hit.words)].join(" ");
    const stems = new Set(engine.reader.words(asked).map((word) => word.stem));
    list.replaceChildren(...found.hits.map((hit) => shown(hit, stems)));
    list.hidden = !found.hits.length;
    nothing.hidden = !isWhole || !query.trim() || found.hits.length > 0;
    state.textContent = said(query, found);
  }

  function open(is) {
    if (toggle.checked === is) return;
    toggle.checked = is;
    toggle.dispatchEvent(new Event("change"));
  }

  function step(event, by) {
    const stops = [input, ...box.querySelectorAll(".md-search__output a")].filter((stop) => stop.offsetParent);
    stops.at((stops.indexOf(document.activeElement) + by) % stops.length).focus();
    event.preventDefault();
  }

  input.addEventListener("input", search);
  input.addEventListener("focus", () => {
    open(true);
    search();
  });
  toggle.addEventListener("change", () => (toggle.checked ? input.focus() : input.blur()));
  box.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  box.querySelector("form").addEventListener("reset", () => {
    input.value = "";
    input.focus();
    search();
  });
  box.addEventListener("click", (event) => event.target.closest("a") && open(false));
  box.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget)) open(false);
  });
  document.addEventListener("keydown", (event) => {
    // No key of one letter opens it: a reader who dictates would open it with a word (WCAG 2.2, 2.1.4).
    if (!toggle.checked) return;
    if (event.key === "Escape") open(false);
    else if (event.key === "ArrowDown") step(event, 1);
    else if (event.key === "ArrowUp") step(event, -1);
    else if (event.key === "Enter" && event.target === input) list.querySelector("a")?.click();
  });
})();
