// Pages that are for others are folded away, and can be brought back.
{
  const panel = document.querySelector(".pg-fits");
  const says = panel.querySelector("[role=status]");
  const button = panel.querySelector("button");
  const other = panel.querySelector(".pg-other");
  const items = [...document.querySelectorAll("[data-pg-for]")];
  const pages = items.filter((item) => item.matches(".pg-chapter > ul > li, .pg-step"));

  function fold() {
    const folded = items.filter((item) => !patientPath.fits(patientPath.read(item.dataset.pgFor)));
    const shown = button.getAttribute("aria-pressed") === "true";
    for (const item of items) {
      const away = folded.includes(item);
      item.hidden = away && !shown;
      const name = item.querySelector("summary") ?? item;
      name.querySelector(".pg-other")?.remove();
      if (away) {
        const mark = other.cloneNode(true);
        mark.hidden = false;
        name.append(mark);
      }
    }
    for (const chapter of document.querySelectorAll(".pg-chapter"))
      chapter.hidden = ![...chapter.querySelectorAll("[data-pg-for]")].some((item) => !item.hidden);
    const away = pages.filter((item) => folded.includes(item)).length;
    const numbers = { fit: pages.length - away, all: pages.length, folded: away };
    const words = folded.length ? says.dataset.pgSome : says.dataset.pgNone;
    says.textContent = words.replace(/\{(\w+)\}/g, (_, name) => numbers[name]);
    button.hidden = !folded.length;
  }

  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
    fold();
  });
  patientPath.onChange(fold);
}
