// What the theme leaves to a mouse, for keyboard, switch and screen reader: the drawer, the search, wide tables.
{
  const words = { table: document.querySelector(".md-header")?.dataset.pgTable ?? "Table" };
  const toggle = (name) => document.querySelector(`[data-md-toggle=${name}]`);
  const openers = (name) => document.querySelectorAll(`[data-pg-opens=${name}]`);
  const visible = (element) => element.getClientRects().length > 0;
  const drawer = document.getElementById("pg-drawer");
  const behind = document.querySelectorAll(
    "[data-md-component=skip], .md-header, .md-tabs, .md-content, .md-sidebar--secondary, .md-footer",
  );

  function close(name) {
    toggle(name).checked && toggle(name).click();
    [...openers(name)].find(visible)?.focus();
  }

  for (const name of ["drawer", "search"]) {
    toggle(name).addEventListener("change", () => {
      for (const opener of openers(name)) opener.setAttribute("aria-expanded", toggle(name).checked);
    });
    for (const opener of openers(name)) opener.addEventListener("click", () => toggle(name).click());
    for (const closer of document.querySelectorAll(`[data-pg-closes=${name}]`))
      closer.addEventListener("click", () => close(name));
  }

  // While the drawer lies over the page, nothing behind it can be reached.
  toggle("drawer").addEventListener("change", () => {
    for (const part of behind) part.inert = toggle("drawer").checked;
    if (toggle("drawer").checked) drawer.querySelector("[data-pg-closes]").focus();
  });
  toggle("search").addEventListener("change", () => {
    if (toggle("search").checked) document.querySelector(".md-search__input").focus();
  });
  // Heard before the search closes itself: what was open then gives the focus back.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      for (const name of ["drawer", "search"]) if (toggle(name).checked) setTimeout(close, 0, name);
    },
    true,
  );
  // A page that a reader comes back to is shown as it was left, with the menu over it.
  addEventListener("pageshow", () => toggle("drawer").checked && toggle("drawer").click());

  // What takes the focus, or is linked to, never lies behind the header (WCAG 2.2, 2.4.11), however high it grows.
  const header = document.querySelector(".md-header");
  new ResizeObserver(() => {
    document.documentElement.style.scrollPaddingTop = `${header.offsetHeight + 8}px`;
  }).observe(header);

  // A table that scrolls sideways can be reached and has a name (WCAG 2.2, 2.1.1 and 4.1.2).
  function nameTables() {
    for (const table of document.querySelectorAll("article table")) {
      let wrap = table.closest(".pg-wide, .md-typeset__scrollwrap");
      if (!wrap) {
        wrap = Object.assign(document.createElement("div"), { className: "pg-wide" });
        table.replaceWith(wrap);
        wrap.append(table);
      }
      const wide = wrap.scrollWidth > wrap.clientWidth;
      for (const [key, value] of Object.entries({ tabindex: 0, role: "region", "aria-label": words.table }))
        wide ? wrap.setAttribute(key, value) : wrap.removeAttribute(key);
    }
  }
  addEventListener("resize", nameTables);
  addEventListener("toggle", nameTables, true);
  nameTables();

  // A table that a phone shows as cards is still one for a screen reader. HTML has no such roles inside a table.
  const roles = { "": "table", "thead, tbody": "rowgroup", tr: "row", td: "cell", "thead th": "columnheader", "tbody th": "rowheader" };
  for (const table of document.querySelectorAll(".pg-compare"))
    for (const [parts, role] of Object.entries(roles))
      for (const part of parts ? table.querySelectorAll(parts) : [table]) part.setAttribute("role", role);
}
