// Two sheets for an appointment, filled in from what the reader chooses and types. Nothing leaves the page.
{
  const sheets = document.querySelector(".pg-pack");
  const form = document.querySelector(".pg-form");
  const own = document.getElementById("pg-own");
  const { entries, sources } = JSON.parse(sheets.querySelector(".pg-data").textContent);
  const remember = form.querySelector("[data-pg-keep]");
  const numbers = [...form.querySelectorAll("[data-pg-number]")];
  const picked = { medicines: new Set(), questions: new Set() };
  const blank = new Map();

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
  const questions = (entry) =>
    folded(
      entry.title,
      entry.questions.map((text) => tick("questions", `${entry.kind}/${entry.id}: ${text}`, text)),
      entry.questions.some((text) => picked.questions.has(`${entry.kind}/${entry.id}: ${text}`)),
    );

  const isMine = (entry) =>
    entry.kind !== "medications" || !picked.medicines.size || picked.medicines.has(entry.id);

  // What fits comes first; the rest stays within reach.
  function offer(kind, offered, show, first = () => true) {
    const list = form.querySelector(`[data-pg-list=${kind}]`);
    const fitting = offered.filter((entry) => first(entry) && patientPath.fits(entry.fit));
    const rest = offered.filter((entry) => !fitting.includes(entry));
    list.replaceChildren(...fitting.map(show), ...(rest.length ? [folded(list.dataset.pgOther, rest.map(show))] : []));
  }

  function offerQuestions() {
    offer("questions", entries.filter((entry) => entry.questions.length), questions, isMine);
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
    return [...new Set([...asked, ...typed])].filter(Boolean).map((text) => make("li", text));
  }

  // The side effects of the chosen medicines, or else of the phase; those of several are said once, with all names.
  function effectsOf(act) {
    const phases = picked.medicines.size ? [] : (patientPath.chosen().phases ?? []);
    const mine = { medications: [...picked.medicines], phases };
    const found = new Map();
    for (const entry of entries.filter((entry) => mine[entry.kind]?.includes(entry.id)))
      for (const effect of entry.effects.filter((effect) => effect.act === act)) {
        const name = `${effect.effect}: ${effect.text}`;
        if (!found.has(name)) found.set(name, { ...effect, of: [] });
        found.get(name).of.push(entry.title);
      }
    return [...found.values()];
  }

  // Each with its words and sources; those that can wait, on one line by their names.
  function effectItems(list, cited) {
    const briefly = list.hasAttribute("data-pg-briefly");
    const items = effectsOf(list.dataset.pgAct).map((effect) => {
      const marks = effect.cites.map((key) => cited.indexOf(key) + 1 || cited.push(key));
      const item = make(briefly ? "span" : "li");
      const names = ` (${effect.of.join(", ")})`;
      if (!effect.effect) item.append(make("strong", effect.text), names);
      else item.append(make("strong", effect.effect), names, briefly ? "" : `: ${effect.text}`);
      item.append(make("sup", ` ${marks.join(", ")}`), briefly ? "; " : "");
      return item;
    });
    if (!briefly || !items.length) return items;
    const line = make("li");
    items.at(-1).lastChild.remove();
    line.append(...items);
    return [line];
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

  // Pages as they will print, on the smaller of A4 and Letter: 186 by 255 millimeters between the margins.
  function pages() {
    const copy = sheets.cloneNode(true);
    copy.classList.add("pg-measure");
    copy.setAttribute("aria-hidden", "true");
    for (const element of copy.querySelectorAll("[id]")) element.removeAttribute("id");
    sheets.after(copy);
    const height = (copy.clientWidth / 186) * 255;
    const count = [...copy.querySelectorAll(".pg-sheet")].map((sheet) => Math.ceil(sheet.scrollHeight / height));
    copy.remove();
    return count.reduce((sum, number) => sum + number, 0);
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
    const cited = [];
    patientPath.keep("pack", remember.checked && written());
    showWhere();
    showNumbers();
    put(sheets.querySelector("[data-pg-fill=medicines]"), medicineItems());
    put(sheets.querySelector("[data-pg-fill=questions]"), questionItems());
    for (const list of sheets.querySelectorAll("[data-pg-fill=effects]")) put(list, effectItems(list, cited));
    const line = sheets.querySelector(".pg-sheet__sources");
    line.hidden = !cited.length;
    line.lastElementChild.textContent = cited.map((key, number) => `${number + 1}. ${sources[key]}`).join(" ");
    const says = form.querySelector(".pg-pages");
    const count = pages();
    says.textContent = count > 2 ? says.dataset.pgMore.replace("{pages}", count) : says.dataset.pgTwo;
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
  patientPath.onChange(draw);
}
