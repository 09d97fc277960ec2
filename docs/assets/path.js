// What fits a reader, decided in the page: nothing is sent anywhere, and nothing is stored unless the reader asks.
// The answers are stored under the name of the form's part, so that pages with other questions do not mix.
const patientPath = (() => {
  const form = document.querySelector(".pg-choice");
  const groups = [...form.querySelectorAll("fieldset")];
  const remember = form.querySelector("[data-pg-remember]");
  const part = form.dataset.pgPart ?? "path";
  const listeners = [];

  // `stage=early late;season=summer` as an object of lists.
  function read(text) {
    const pairs = text.split(";").filter(Boolean).map((part) => part.split("="));
    return Object.fromEntries(pairs.map(([facet, values]) => [facet, values.split(" ").filter(Boolean)]));
  }

  function ticked() {
    return Object.fromEntries(
      groups.map((group) => [
        group.dataset.pgFacet,
        [...group.querySelectorAll("input:checked")].map((box) => box.value),
      ]),
    );
  }

  // What was ticked, and what follows from it for groups without an answer. "I don't know" asks for nothing.
  function chosen() {
    const answers = Object.entries(ticked()).map(([facet, values]) => [facet, values.filter(Boolean)]);
    const found = Object.fromEntries(answers.filter(([, values]) => values.length));
    for (const group of groups) {
      const implied = [...group.querySelectorAll("input:checked:not([data-pg-unknown])")].map((box) =>
        read(box.dataset.pgImplies),
      );
      for (const facet of Object.keys(implied[0] ?? {}))
        if (!found[facet] && implied.every((fit) => fit[facet])) found[facet] = implied.flatMap((fit) => fit[facet]);
    }
    return found;
  }

  function fits(fit) {
    return Object.entries(chosen()).every(
      ([facet, values]) => !fit[facet] || values.some((value) => fit[facet].includes(value)),
    );
  }

  // A browser may refuse to store anything: then nothing is remembered, and all else works.
  function store(change) {
    try {
      return change(localStorage);
    } catch {
      return null;
    }
  }

  // What a part of the page keeps on this device, under a name of its own; `value` null forgets it.
  const nameOf = (name) => `patientguide-${name}-${form.dataset.pgGuide}`;
  const recall = (name) => store((kept) => JSON.parse(kept.getItem(nameOf(name))));
  const keep = (name, value) =>
    store((kept) => (value ? kept.setItem(nameOf(name), JSON.stringify(value)) : kept.removeItem(nameOf(name))));

  function changed() {
    keep(part, remember.checked && ticked());
    for (const listener of listeners) listener();
  }

  function exclude(box) {
    const group = box.closest("fieldset");
    if (!group || !box.checked) return;
    const unknown = box.matches("[data-pg-unknown]");
    for (const other of group.querySelectorAll("input"))
      if (other !== box && (unknown || other.matches("[data-pg-unknown]"))) other.checked = false;
  }

  // The first two ticked answers of a group that cannot both be true, if any, as their words.
  function conflict(group) {
    const boxes = [...group.querySelectorAll("input:checked:not([data-pg-unknown])")];
    for (const box of boxes)
      for (const other of boxes)
        if (box.dataset.pgExcludes?.split(" ").includes(other.value))
          return [box, other].map((one) => one.nextElementSibling.textContent);
    return null;
  }

  function warn() {
    for (const group of groups) {
      const says = group.querySelector("[data-pg-conflict]");
      if (!says) continue;
      const [one, other] = conflict(group) ?? [];
      const words = one ? says.dataset.pgConflict.replace("{one}", one).replace("{other}", other) : "";
      if (says.textContent !== words) says.textContent = words;
    }
  }

  form.addEventListener("change", (event) => {
    exclude(event.target);
    changed();
  });
  form.querySelector("[data-pg-forget]").addEventListener("click", () => {
    for (const box of form.querySelectorAll("input")) box.checked = false;
    changed();
  });

  const kept = recall(part) ?? {};
  remember.checked = Object.keys(kept).length > 0;
  for (const group of groups)
    for (const box of group.querySelectorAll("input"))
      box.checked = (kept[group.dataset.pgFacet] ?? []).includes(box.value);
  for (const element of document.querySelectorAll(".pg-scripted")) element.classList.remove("pg-scripted");
  for (const element of document.querySelectorAll(".pg-unscripted")) element.hidden = true;

  // Call `listener` now and whenever an answer changes.
  function onChange(listener) {
    listeners.push(listener);
    listener();
  }
  onChange(warn);
  return { read, ticked, chosen, fits, keep, recall, onChange };
})();
