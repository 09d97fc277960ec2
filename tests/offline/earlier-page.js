// After a visit the browser keeps the whole guide, so that it opens without signal; a newer one is offered, never mixed in.
(() => {
  const asksToSave = navigator.connection && navigator.connection.saveData;
  if (asksToSave || !("serviceWorker" in navigator) || !location.protocol.startsWith("http")) return;
  const root = new URL("../", document.currentScript.src);
  const hadOne = Boolean(navigator.serviceWorker.controller);

  function offer(worker) {
    const said = document.querySelector(".md-header")?.dataset ?? {};
    const note = document.createElement("div");
    note.className = "pg-newer";
    note.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = said.pgShow ?? "Show it";
    button.addEventListener("click", () => worker.postMessage("show"));
    note.append(`${said.pgNewer ?? "A newer version of this guide is here."} `, button);
    document.body.append(note);
  }

  // Every open page changes to the newer guide at once.
  navigator.serviceWorker.addEventListener("controllerchange", () => hadOne && location.reload());

  addEventListener("load", async () => {
    const registration = await navigator.serviceWorker.register(new URL("sw.js", root), { scope: root.pathname }).catch(() => null);
    if (!registration) return;
    if (registration.waiting && hadOne) offer(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const coming = registration.installing;
      coming.addEventListener("statechange", () => coming.state === "installed" && hadOne && offer(coming));
    });
  });
})();
