// Warning signs for the medicines that a reader ticks, and the team's own number. A sign that anyone may have is never
// hidden, and nothing is hidden before a medicine is ticked.
{
  const form = document.querySelector(".pg-choice");
  const signs = [...document.querySelectorAll(".pg-sign")];
  const says = document.querySelector(".pg-filtered");
  const numbers = [...form.querySelectorAll("[data-pg-number]")];
  const blanks = [...document.querySelectorAll("[data-pg-team]")];
  const names = new Map(
    [...form.querySelectorAll("fieldset input")].map((box) => [box.value, box.dataset.pgName]),
  );
  const marks = new Map();

  function mark(sign, own) {
    marks.get(sign)?.remove();
    if (!own.length) return;
    const line = document.createElement("p");
    line.className = "pg-mine";
    line.textContent = `${says.dataset.pgMine} ${own.map((id) => names.get(id)).join(", ")}`;
    sign.append(line);
    marks.set(sign, line);
  }

  function filter() {
    const mine = patientPath.ticked().medicines ?? [];
    for (const sign of signs) {
      const own = (sign.dataset.pgWith ?? "").split(" ").filter((id) => mine.includes(id));
      sign.hidden = mine.length > 0 && "pgOnly" in sign.dataset && !own.length;
      mark(sign, own);
    }
    const count = signs.filter((sign) => sign.hidden).length;
    says.hidden = !count;
    says.textContent = count ? says.dataset.pgSays.replace("{count}", count) : "";
  }

  function dial() {
    const typed = Object.fromEntries(numbers.map((input) => [input.dataset.pgNumber, input.value.trim()]));
    for (const line of blanks) {
      const number = typed[line.dataset.pgTeam] ?? "";
      const link = line.querySelector("a");
      link.textContent = number;
      link.href = `tel:${number.replace(/[^+\d]/g, "")}`;
      link.hidden = !/\d\d/.test(number);
      line.classList.toggle("pg-dial--blank", link.hidden);
    }
    patientPath.keep("team", form.querySelector("[data-pg-remember]").checked && typed);
  }

  const kept = patientPath.recall("team") ?? patientPath.recall("pack")?.numbers ?? {};
  for (const input of numbers) {
    input.value = kept[input.dataset.pgNumber] ?? "";
    input.addEventListener("input", dial);
  }
  form.querySelector("[data-pg-forget]").addEventListener("click", () => {
    for (const input of numbers) input.value = "";
    dial();
  });
  patientPath.onChange(() => {
    filter();
    dial();
  });
}
