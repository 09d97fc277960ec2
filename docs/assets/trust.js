// The marks of one statement open one card with all its sources, in the words of the notes at the end of the page.
{
  const card = document.getElementById("pg-why");
  const statement = (mark) => mark.closest("tr, li, dd, p, figcaption, td") ?? mark.parentElement;

  function sourcesOf(mark) {
    const marks = statement(mark).querySelectorAll("a.footnote-ref");
    const mine = [...marks].filter((other) => statement(other) === statement(mark));
    return [...new Set(mine.map((other) => other.hash))].map((hash) => {
      const note = document.getElementById(decodeURIComponent(hash.slice(1))).cloneNode(true);
      note.removeAttribute("id");
      note.querySelector("p").prepend(note.querySelector(".pg-worth"));
      for (const back of note.querySelectorAll(".footnote-backref")) back.remove();
      return note;
    });
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
}
