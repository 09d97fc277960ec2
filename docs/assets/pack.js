// Two sheets for an appointment, filled in from what the reader chooses and types. Nothing leaves the page.
{
  const sheets = document.querySelector(".pg-pack");
  const form = document.querySelector(".pg-form");
  const own = document.getElementById("pg-own");
  const { entries, signs } = JSON.parse(sheets.querySelector(".pg-data").textContent);
  const remember = form.querySelector("[data-pg-keep]");
  const numbers = [...form.querySelectorAll("[data-pg-number]")];
  const picked = { medicines: new Set(), questions: new Set() };
  const blank = new WeakMap();
  const order = Object.keys(signs);

  function make(name, text = "", className = "") {
    const element = document.createElement(name);
    element.textContent = text;
    element.className = className;
    return element;
  }

  function tick(kind, name, label) {
    const row = make("label");
    const box = make("input");
    box.type = "checkbox";
    box.checked = picked[kind].has(name);
    box.addEventListener("change", () => {
      picked[kind][box.checked ? "add" : "delete"](name);
      if (kind === "medicines") offerQuestions();
      fill();
    });
    row.append(box, " ", make("span", label));
    return row;
  }

  function folded(title, rows, open = false) {
    const box = make("details", "", "note");
    box.open = open;
    box.append(make("summary", title), ...rows);
    return box;
  }

  const named = (entry) => [entry.title, entry.brands.join(", ")].filter(Boolean).join(" – ");
  const medicine = (entry) => tick("medicines", entry.id, named(entry));
  const anchor = (entry) => `${entry.kind}-${entry.id}`;
  const isLinked = (entry) => location.hash === `#${anchor(entry)}`;
  const isFirst = (entry) => entry.kind === "first";

  // Those that a link leads to, and those for a first visit in the language of the page, are open at once.
  function questions(entry) {
    const rows = entry.questions.map((text) => tick("questions", `${entry.kind}/${entry.id}: ${text}`, text));
    const isChosen = entry.questions.some((text) => picked.questions.has(`${entry.kind}/${entry.id}: ${text}`));
    const isOwn = isFirst(entry) && entry.id === document.documentElement.lang;
    const box = folded(entry.title, rows, isChosen || isOwn || isLinked(entry));
    box.id = anchor(entry);
    if (isFirst(entry)) box.lang = entry.id;
    return box;
  }

  const isMine = (entry) =>
    isLinked(entry) || entry.kind !== "medications" || !picked.medicines.size || picked.medicines.has(entry.id);

  // What fits comes first; the rest stays within reach.
  function offer(kind, offered, show, first = () => true) {
    const list = form.querySelector(`[data-pg-list=${kind}]`);
    const fitting = offered.filter((entry) => isLinked(entry) || (first(entry) && patientPath.fits(entry.fit)));
    const rest = offered.filter((entry) => !fitting.includes(entry));
    fitting.sort((one, other) => isLinked(other) - isLinked(one));
    list.replaceChildren(...fitting.map(show), ...(rest.length ? [folded(list.dataset.pgOther, rest.map(show))] : []));
  }

  function offerQuestions() {
    offer("first", entries.filter(isFirst), questions);
    offer("questions", entries.filter((entry) => entry.questions.length && !isFirst(entry)), questions, isMine);
  }

  function put(list, items) {
    if (!blank.has(list)) blank.set(list, [...list.children]);
    const lines = blank.get(list);
    const free = list.dataset.pgFill === "questions" ? 2 : 0;
    list.replaceChildren(...items, ...(items.length ? lines.slice(0, free) : lines));
  }

  function medicineItems() {
    const mine = entries.filter((entry) => entry.kind === "medications" && picked.medicines.has(entry.id));
    return mine.map((entry) => {
      const item = make("li");
      const names = [entry.said, entry.brands.join(", ")].filter(Boolean).join("; ");
      item.append(make("strong", entry.title), names ? ` (${names})` : "");
      return item;
    });
  }

  function questionItems() {
    const asked = entries.flatMap((entry) =>
      entry.questions.filter((text) => picked.questions.has(`${entry.kind}/${entry.id}: ${text}`)),
    );
    const typed = own.value.split("\n").map((line) => line.trim());
    return [...merged([...asked, ...typed].filter(Boolean).map((text) => ({ text })))].map((line) => make("li", line.text));
  }

  // The chosen medicines, or else the phase. A short name in brackets is enough on paper.
  function mine() {
    const phases = picked.medicines.size ? [] : (patientPath.chosen().phases ?? []);
    const chosen = { medications: [...picked.medicines], phases };
    const found = entries.filter((entry) => chosen[entry.kind]?.includes(entry.id));
    return found.map((entry) => ({ ...entry, short: entry.title.match(/\(([^\s)]*\p{Lu}[^\s)]*)\)$/u)?.[1] ?? entry.title }));
  }

  // Lines that differ in spelling alone are one line, with the names of all that it is of.
  function merged(rows) {
    const found = new Map();
    for (const { text, of, more } of rows) {
      const key = text.toLowerCase().match(/[\p{L}\p{N}]+/gu)?.join(" ") ?? text;
      if (!found.has(key)) found.set(key, { text, of: new Set(), more: [] });
      found.get(key).of.add(of);
      if (more) found.get(key).more.push({ text: more, of });
    }
    return [...found.values()];
  }

  // A sign that several medicines share is said once, in its own words. What a medicine adds, such as to stop it, stays.
  function signRows(act) {
    const rows = mine().flatMap((entry) =>
      entry.rows.filter((row) => row.act === act && row.text).map((row) => ({ ...row, of: entry.short })),
    );
    const isShared = (sign, row) => rows.some((other) => other.of !== row.of && other.signs.includes(sign));
    const told = rows.flatMap((row) => {
      if (!row.signs.some((sign) => isShared(sign, row))) return [{ ...row, place: order.indexOf(row.signs[0]) }];
      const more = row.text.match(/[.:;] (.+)$/s)?.[1];
      return row.signs.map((sign, at) => ({
        text: signs[sign],
        of: row.of,
        more: at ? "" : more,
        place: order.indexOf(sign),
      }));
    });
    // Most urgent first, as on the page that says when to call; those without a sign follow.
    return told.sort((one, other) => (one.place < 0) - (other.place < 0) || one.place - other.place);
  }

  function names(of) {
    return of.size > 2 && of.size === picked.medicines.size ? sheets.dataset.pgAll : [...of].join(", ");
  }

  function signItems(act) {
    const items = merged(signRows(act)).map((line) => {
      const item = make("li");
      item.append(make("strong", line.text.replace(/\.$/, "")), ` (${names(line.of)})${line.more.length ? "." : ""}`);
      for (const one of merged(line.more))
        item.append(` ${sheets.dataset.pgWith.replace("{names}", names(one.of)).replace("{text}", one.text)}`);
      return item;
    });
    const effects = effectLine(act);
    return effects ? [...items, make("li", `${sheets.dataset.pgEffects} ${effects}`, "pg-rest")] : items;
  }

  // The side effects by name, one medicine after the other.
  function effectLine(act) {
    const found = mine().map(({ short, rows }) => [
      short,
      merged(rows.filter((row) => row.act === act && row.effect).map((row) => ({ text: row.effect })))
    ]);
    const told = found.filter(([, effects]) => effects.length);
    return told.map(([of, effects]) => `${of}: ${effects.map((one) => one.text).join("; ")}.`).join(" ");
  }

  // What can wait gives way first: then the sheet says where to read about it.
  function effectItems(act, isShort) {
    const line = effectLine(act);
    const pages = mine().filter((entry) => entry.rows.some((row) => row.act === act && row.effect));
    const short = `${sheets.dataset.pgPages} ${pages.map((entry) => entry.short).join(", ")}.`;
    return line ? [make("li", isShort ? short : line)] : [];
  }

  function showWhere() {
    const ticked = patientPath.ticked();
    for (const line of sheets.querySelectorAll("[data-pg-shows]"))
      for (const value of line.querySelectorAll("[data-pg-value]"))
        value.firstElementChild.textContent = ticked[line.dataset.pgShows].includes(value.dataset.pgValue) ? "☒" : "☐";
  }

  function showNumbers() {
    for (const input of numbers) {
      const line = sheets.querySelector(`[data-pg-missing="${CSS.escape(input.dataset.pgNumber)}"]`);
      const number = input.value.trim();
      line.classList.toggle("pg-write", !number);
      line.querySelector(".pg-alert__number")?.remove();
      line.lastElementChild.hidden = Boolean(number);
      if (number) line.append(make("strong", number, "pg-alert__number"));
    }
  }

  // As loose as two sheets allow.
  const TIGHT = ["", "columns", "columns lines", "columns lines flow", "columns lines flow short"];

  function tighten(to, tight) {
    if (tight) to.dataset.pgTight = tight;
    else delete to.dataset.pgTight;
    for (const list of to.querySelectorAll("[data-pg-fill=effects]"))
      put(list, effectItems(list.dataset.pgAct, tight.includes("short")));
  }

  // Sheets as they will print, on the smaller of A4 and Letter: 186 by 255 millimeters between the margins.
  function pages(copy, tight) {
    tighten(copy, tight);
    const height = (copy.clientWidth / 186) * 255;
    const tall = [...copy.querySelectorAll(".pg-sheet")].map((sheet) => sheet.scrollHeight / height);
    // Where the sheets flow into each other, some lines are left blank at the end of the first.
    if (tight.includes("flow")) return Math.ceil(tall.reduce((sum, part) => sum + part, 0.08));
    return tall.reduce((sum, part) => sum + Math.ceil(part), 0);
  }

  function fit() {
    const copy = sheets.cloneNode(true);
    copy.classList.add("pg-measure");
    copy.setAttribute("aria-hidden", "true");
    for (const element of copy.querySelectorAll("[id]")) element.removeAttribute("id");
    sheets.after(copy);
    const tight = TIGHT.find((one) => pages(copy, one) <= 2) ?? TIGHT.at(-1);
    const count = pages(copy, tight);
    copy.remove();
    tighten(sheets, tight);
    return count;
  }

  function measure() {
    const says = form.querySelector(".pg-pages");
    const count = fit();
    says.textContent = count > 2 ? says.dataset.pgMore.replace("{pages}", count) : says.dataset.pgTwo;
  }

  function written() {
    const typed = Object.fromEntries(numbers.map((input) => [input.dataset.pgNumber, input.value]));
    return { medicines: [...picked.medicines], questions: [...picked.questions], own: own.value, numbers: typed };
  }

  function write(kept) {
    for (const kind of Object.keys(picked)) picked[kind] = new Set([kept[kind] ?? []].flat());
    own.value = String(kept.own ?? "");
    for (const input of numbers) input.value = kept.numbers?.[input.dataset.pgNumber] ?? "";
  }

  function fill() {
    patientPath.keep("pack", remember.checked && written());
    showWhere();
    showNumbers();
    put(sheets.querySelector("[data-pg-fill=medicines]"), medicineItems());
    put(sheets.querySelector("[data-pg-fill=questions]"), questionItems());
    for (const list of sheets.querySelectorAll("[data-pg-fill=signs]")) put(list, signItems(list.dataset.pgAct));
    measure();
  }

  function draw() {
    offer("medicines", entries.filter((entry) => entry.kind === "medications"), medicine);
    offerQuestions();
    fill();
  }

  const kept = patientPath.recall("pack");
  remember.checked = Boolean(kept);
  write(kept ?? {});
  form.addEventListener("input", (event) => event.target.type === "checkbox" || fill());
  remember.addEventListener("change", fill);
  form.querySelector("[data-pg-empty]").addEventListener("click", () => {
    write({});
    draw();
  });
  form.querySelector(".pg-button--print").addEventListener("click", () => print());

  // A link of a phase, treatment or medicine, such as #medications-cetirizine, ticks it and opens its questions.
  function follow() {
    const linked = entries.find(isLinked);
    if (linked?.kind === "medications") picked.medicines.add(linked.id);
    const box = linked && document.querySelector(`.pg-choice [data-pg-facet=${linked.kind}] [value=${linked.id}]`);
    if (box?.checked === false) box.click();
    draw();
    if (linked) document.getElementById(anchor(linked))?.scrollIntoView();
  }

  patientPath.onChange(draw);
  if (location.hash) follow();
  addEventListener("hashchange", follow);
  // The sheets are measured again in the font that came late, and in that of a window of another size.
  document.fonts.addEventListener("loadingdone", measure);
  addEventListener("resize", measure);
}
