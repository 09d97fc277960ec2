// A saved or printed copy grows old: hold the day its review is due against the clock of whoever reads it.
for (const note of document.querySelectorAll("[data-pg-due]")) {
  const [year, month, day] = note.dataset.pgDue.split("-").map(Number);
  const over = day ? new Date(year, month - 1, day + 1) : new Date(year, month, 1);
  note.hidden = new Date() < over;
}

// The name of a medicine that was typed with a letter too many, too few, wrong or changed places.
const search = document.querySelector("[data-md-component=search-query]");
const names = new URL("names.json", document.currentScript.src);
let known = null;

// Optimal string alignment: the same measure the check of the content uses.
function distance(one, other) {
  const rows = [[...Array(other.length + 1).keys()]];
  for (let i = 1; i <= one.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + !same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[one.length][other.length];
}

function meant(word) {
  const lower = word.toLowerCase();
  if (lower.length < 5 || known.some((name) => name.toLowerCase().startsWith(lower))) return null;
  const near = known
    .map((name) => [distance(lower, name.toLowerCase()), name])
    .filter(([far, name]) => far <= (name.length < 8 ? 1 : 2));
  return near.length ? near.sort((a, b) => a[0] - b[0])[0][1] : null;
}

function offer(line) {
  const wrong = search.value.split(/[^\p{L}\d-]+/u).find((word) => meant(word));
  line.hidden = !wrong;
  if (!wrong) return;
  const right = search.value.replace(wrong, meant(wrong));
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = right;
  button.addEventListener("click", () => {
    search.value = right;
    search.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
    search.focus();
    offer(line);
  });
  line.replaceChildren("Did you mean ", button, "?");
}

search?.addEventListener(
  "focus",
  async () => {
    const answer = await fetch(names).catch(() => null);
    if (!answer?.ok) return;
    known = await answer.json();
    const line = document.createElement("p");
    line.className = "pg-meant";
    line.setAttribute("role", "status");
    line.hidden = true;
    document.querySelector("[data-md-component=search-result]").before(line);
    search.addEventListener("input", () => offer(line));
    offer(line);
  },
  { once: true },
);
