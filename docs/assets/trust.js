// The marks of one statement open one card with all its sources, in the words of the notes at the end of the page: of
// each source only the passages that the statement cites. A button shows which statements wait for a check.
{
  const card = document.getElementById("pg-why");
  const which = document.querySelector(".pg-which");
  const statement = (mark) => mark.closest("tr, li, dd, p, figcaption, td") ?? mark.parentElement;

  function noteOf(hash, passages) {
    const note = document.getElementById(decodeURIComponent(hash.slice(1))).cloneNode(true);
    note.removeAttribute("id");
    note.querySelector("p").prepend(note.querySelector(".pg-worth"));
    for (const back of note.querySelectorAll(".footnote-backref")) back.remove();
    for (const words of note.querySelectorAll("[data-pg-passage]"))
      if (!passages.has(words.dataset.pgPassage)) words.remove();
    const words = note.querySelector(".pg-words ul");
    note.querySelector(".pg-words")?.remove();
    if (words?.children.length) note.prepend(words);
    return note;
  }

  function sourcesOf(mark) {
    const marks = statement(mark).querySelectorAll("a.footnote-ref");
    const passages = new Map();
    for (const other of marks) {
      if (statement(other) !== statement(mark)) continue;
      if (!passages.has(other.hash)) passages.set(other.hash, new Set());
      for (const id of other.dataset.pgPassage?.split(" ") ?? []) passages.get(other.hash).add(id);
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
    for (const mark of document.querySelectorAll("a.footnote-ref")) mark.setAttribute("aria-haspopup", "dialog");
    document.addEventListener("click", (event) => {
      const mark = event.target.closest?.("a.footnote-ref");
      if (!mark || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      open(mark);
    });
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
