// The search box: opens, asks patientguideSearch, shows what it found. Nothing that is typed leaves the page.
(() => {
  const box = document.querySelector("[data-pg-search]");
  const toggle = document.querySelector("[data-md-toggle=search]");
  if (!box || !toggle) return;
  const { pgFileEngine, pgFileIndex } = box.dataset;
  // A translation has an index of its own, which leads from its own folder.
  const root = new URL(box.dataset.pgFileRoot ?? new URL("../", document.currentScript.src), document.baseURI);
  const parts = ["input", "[role=status]", "ol", ".pg-nothing", ".pg-nothing__call", ".pg-ask"];
  const [input, state, list, nothing, call, ask] = parts.map((part) => box.querySelector(part));
  const MORE = box.dataset.pgMore ?? "Looking in the texts of all pages, too.";
  const filled = (text, value) => text.replace("#", value);
  let engine = null;
  let loading = null;
  let completing = null;
  let isWhole = false;
  // What the reader answered to the question who they are, and where they came from.
  let chosen = "";
  let before = null;

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
    call.replaceChildren(...phones(patientguideIndex.call));
    const answers = Object.entries(patientguideIndex.ask?.answers ?? {}).map(([value, text]) => choice(value, text));
    ask.replaceChildren(patientguideIndex.ask?.question ?? "", ...answers);
  }

  // All parts of a long index are loaded, so that what was typed shows in none of them.
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

  // An answer to the question who the reader is. Pressed again, it is taken back.
  function choice(value, text) {
    const button = element("button", "pg-ask__answer", text);
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      chosen = chosen === value ? "" : value;
      for (const other of ask.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button && chosen !== ""));
      answer();
    });
    return button;
  }

  function phones(text) {
    const pieces = text.split(/(\d[\d-]{5,}\d)/);
    return pieces.map((piece, n) => {
      if (n % 2 === 0) return piece;
      const made = element("a", "", piece);
      made.href = `tel:${piece}`;
      return made;
    });
  }

  function marked(text, stems) {
    const pieces = text.split(/([\p{L}\p{N}]+)/u);
    const words = pieces.map((piece, n) => (n % 2 ? engine.reader.each(piece)[0] : null));
    const marks = engine.reader.marks(words.filter(Boolean), stems);
    return pieces.map((piece, n) => (words[n] && marks.shift() ? element("mark", "", piece) : piece));
  }

  // Whom a unit is for. A unit for everybody says nothing.
  function readers({ facets }) {
    const values = facets.map((value) => engine.values[value]);
    const ofFacet = (facet) => engine.values.filter((value) => value.facet === facet);
    return values.filter(({ facet }) => {
      const some = values.filter((value) => value.facet === facet).length;
      return some < ofFacet(facet).length || some <= 2;
    });
  }

  function shown({ unit, section, text, urgent }, stems) {
    const [anchor, heading] = section;
    const note = unit.note || engine.kinds[unit.kind][0];
    const lines = [element("strong", "pg-hit__title", ...marked(unit.title, stems))];
    const whom = readers(unit).map(({ label }) => element("span", "pg-hit__reader", label));
    if (whom.length) lines.push(element("span", "pg-hit__readers", `${list.dataset.readers} `, ...whom));
    if (note) lines.push(element("span", "pg-hit__note", ...marked(note, stems)));
    if (text) lines.push(element("span", "pg-hit__text", ...marked(text, stems)));
    if (heading) lines.push(element("span", "pg-hit__section", filled(list.dataset.section, heading)));
    const article = element("div", `md-search-result__article${urgent ? " pg-hit--urgent" : ""}`, ...lines);
    return element("li", "md-search-result__item", link(anchor ? `${unit.url}#${anchor}` : unit.url, article));
  }

  function said(query, { hits, meant, unknown }) {
    const { start: empty, none, one, other, missing, meant: mended } = state.dataset;
    if (!query.trim()) return empty;
    const count = hits.length === 1 ? one : filled(other, hits.length);
    if (!isWhole) return hits.length ? `${count} ${MORE}` : MORE;
    if (!hits.length) return filled(none, query.trim());
    const [, start, end] = missing.match(/(.)#(.)/u);
    const without = unknown.length ? `${filled(missing, unknown.join(`${end}, ${start}`))} ` : "";
    return meant ? `${without}${filled(mended, meant)} ${count}` : `${without}${count}`;
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
    const found = engine.find(query, chosen);
    const asked = [query, found.meant, ...found.hits.flatMap((hit) => hit.words)].join(" ");
    const stems = new Set(engine.reader.words(asked).map((word) => word.stem));
    list.replaceChildren(...found.hits.map((hit) => shown(hit, stems)));
    list.hidden = !found.hits.length;
    nothing.hidden = !isWhole || !query.trim() || found.hits.length > 0;
    call.hidden = !isWhole || !query.trim() || !call.textContent || !(found.near || !found.hits.length);
    ask.hidden = !found.ask;
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
  input.addEventListener("focus", ({ relatedTarget }) => {
    if (!toggle.checked) before = relatedTarget;
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
    if (event.key === "Escape") {
      open(false);
      before?.focus();
    }
    else if (event.key === "ArrowDown") step(event, 1);
    else if (event.key === "ArrowUp") step(event, -1);
    else if (event.key === "Enter" && event.target === input) list.querySelector("a")?.click();
  });
})();
