// One mark at the end of a line or paragraph opens a card with all its sources, in the words of the notes at the end of
// the page: of each source only the passages that are cited there. A button shows which statements wait for a check.
{
  const card = document.getElementById("pg-why");
  const which = document.querySelector(".pg-which");
  const sources = document.querySelector(".pg-sources");

  // The marks of a line by the one that is seen: the last of them. The build hides the others.
  const groups = new Map();
  let group = [];
  for (const mark of document.querySelectorAll("a.footnote-ref")) {
    group.push(mark);
    if ("pgMore" in mark.dataset) continue;
    groups.set(mark, group);
    group = [];
  }

  function noteOf(hash, passages) {
    const note = document.getElementById(decodeURIComponent(hash.slice(1))).cloneNode(true);
    note.removeAttribute("id");
    const worth = note.querySelector(".pg-worth");
    const means = sources?.querySelector(`[data-pg-means="${CSS.escape(worth.dataset.pgKind)}"]`);
    if (means) worth.append(" ", means.textContent);
    for (const back of note.querySelectorAll(".footnote-backref")) back.remove();
    for (const words of note.querySelectorAll("[data-pg-passage]"))
      if (!passages.has(words.dataset.pgPassage)) words.remove();
    const words = note.querySelector(".pg-words ul");
    if (words?.children.length) note.prepend(words);
    else words?.remove();
    toWords(note);
    return note;
  }

  // A browser that knows text fragments scrolls to the words of a source and marks them: their first and last ones name
  // the place (https://wicg.github.io/scroll-to-text-fragment/).
  function toWords(note) {
    for (const link of note.querySelectorAll("[data-pg-passage] > a")) {
      if (link.getAttribute("href").includes("#")) continue;
      const words = link.parentElement.querySelector("q").textContent.trim().split(/\s+/);
      const ends = words.length > 8 ? [words.slice(0, 4), words.slice(-4)] : [words];
      const named = ends.map((end) => encodeURIComponent(end.join(" ")).replaceAll("-", "%2D"));
      link.href = `${link.getAttribute("href")}#:~:text=${named.join(",")}`;
    }
  }

  function sourcesOf(mark) {
    const passages = new Map();
    for (const one of groups.get(mark) ?? [mark]) {
      if (!passages.has(one.hash)) passages.set(one.hash, new Set());
      for (const id of one.dataset.pgPassage?.split(" ") ?? []) passages.get(one.hash).add(id);
    }
    return [...passages].map(([hash, named]) => noteOf(hash, named));
  }

  function open(mark) {
    card.querySelector(".pg-why").replaceChildren(...sourcesOf(mark));
    card.hidden = false;
    // Where a link takes no focus when it is pressed, the browser would not know where to return to.
    mark.focus();
    card.showPopover();
    card.scrollTop = 0;
    card.querySelector("#pg-why-title").focus();
  }

  if (card?.showPopover) {
    for (const mark of groups.keys()) {
      mark.setAttribute("aria-haspopup", "dialog");
      if (mark.dataset.pgName) mark.setAttribute("aria-label", mark.dataset.pgName);
    }
    document.addEventListener("click", (event) => {
      const mark = event.target.closest?.("a.footnote-ref");
      if (!mark || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      open(mark);
    });
  }

  // The list of sources is folded, except for those who come to a note of it. Without scripts it is open.
  const toNote = () => {
    sources.open = location.hash.startsWith("#fn:");
    if (sources.open) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  };
  if (sources) {
    document.querySelector(".footnote").addEventListener("toggle", (event) => toWords(event.target), true);
    toNote();
    addEventListener("hashchange", () => location.hash.startsWith("#fn:") && toNote());
  }

  if (which) {
    which.hidden = false;
    which.addEventListener("click", () => {
      const shown = document.body.classList.toggle("pg-shows-waiting");
      which.setAttribute("aria-pressed", shown);
      for (const mark of document.querySelectorAll(".pg-waits")) mark.textContent = shown ? which.dataset.pgMark : "";
    });
  }
}
