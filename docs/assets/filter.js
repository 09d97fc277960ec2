// A list that grows shorter while a reader types a part of a name. Without scripts the whole list is there.
for (const filter of document.querySelectorAll(".pg-filter")) {
  const [input, says] = [filter.querySelector("input"), filter.querySelector("[role=status]")];
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const lines = [...filter.parentElement.querySelectorAll(":scope > ul > li")].map((line) => [line, plain(`${line.textContent} ${line.dataset.pgAlso ?? ""}`)]);
  const headings = [...filter.parentElement.querySelectorAll(":scope > h2")];

  function narrow() {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    for (const [line, text] of lines) line.hidden = !words.every((word) => text.includes(word));
    for (const heading of headings) {
      const list = heading.nextElementSibling;
      heading.hidden = list.matches("ul") && !list.querySelector(":scope > li:not([hidden])");
    }
    const left = lines.filter(([line]) => line.offsetHeight).length; // another script may hide some, too
    says.textContent = words.length ? (left ? says.dataset.pgSome : says.dataset.pgNone).replace("{count}", left) : "";
  }

  input.addEventListener("input", narrow);
  filter.classList.remove("pg-scripted");
  narrow(); // a browser may bring back what was typed
}
