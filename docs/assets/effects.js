// Side effects of the medicines that a reader ticks. Nothing is hidden before one is ticked, and the page says how many are.
{
  const rows = [...document.querySelectorAll(".pg-effects > li")];
  const says = document.querySelector(".pg-filtered");

  patientPath.onChange(() => {
    const mine = patientPath.ticked().medicines ?? [];
    for (const row of rows) {
      const medicines = [...row.querySelectorAll("[data-pg-with]")];
      for (const one of medicines) one.classList.toggle("pg-not-mine", mine.length > 0 && !mine.includes(one.dataset.pgWith));
      row.classList.toggle("pg-not-mine", medicines.every((one) => one.classList.contains("pg-not-mine")));
    }
    const count = rows.filter((row) => row.classList.contains("pg-not-mine")).length;
    says.hidden = !count;
    says.textContent = count ? says.dataset.pgSays.replace("{count}", count) : "";
    document.querySelector(".pg-filter input").dispatchEvent(new Event("input")); // it counts what is left
  });
}
