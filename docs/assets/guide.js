// A saved or printed copy grows old: compare the day its review is due with the clock of the reader.
for (const note of document.querySelectorAll("[data-pg-due]")) {
  const [year, month, day] = note.dataset.pgDue.split("-").map(Number);
  const over = day ? new Date(year, month - 1, day + 1) : new Date(year, month, 1);
  note.hidden = new Date() < over;
}
