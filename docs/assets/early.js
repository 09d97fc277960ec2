// What must stand before anything is drawn: that scripts run, the fonts, and the colors.
{
  const root = document.documentElement;
  root.classList.replace("no-js", "js");

  // A font that is late is not used (see tokens.css), so both weights are asked for at once. A file needs no hurry.
  for (const weight of location.protocol === "file:" ? [] : [400, 700]) {
    const href = new URL(`fonts/atkinson-${weight}.woff2`, document.currentScript.src);
    const early = { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "anonymous", href };
    document.head.append(Object.assign(document.createElement("link"), early));
  }

  // Light or dark: as the device says, until the reader chooses. Only a choice that differs from the device is kept.
  const device = matchMedia("(prefers-color-scheme: dark)");
  const place = "patientguide.colors";
  const kept = () => {
    try {
      return localStorage.getItem(place);
    } catch {
      return null;
    }
  };
  const scheme = () => kept() ?? (device.matches ? "dark" : "light");
  const show = () => {
    root.dataset.pgColors = scheme();
    for (const button of document.querySelectorAll("[data-pg-colors-button]"))
      button.setAttribute("aria-pressed", scheme() === "dark");
  };
  const choose = () => {
    const other = scheme() === "dark" ? "light" : "dark";
    try {
      if (other === (device.matches ? "dark" : "light")) localStorage.removeItem(place);
      else localStorage.setItem(place, other);
      show();
    } catch {
      root.dataset.pgColors = other;
    }
  };
  show();
  device.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", () => {
    show();
    for (const button of document.querySelectorAll("[data-pg-colors-button]")) button.addEventListener("click", choose);
  });
}
