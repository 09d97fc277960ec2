// Asks the browser to keep copies for reading offline (see sw.js), and says when it cannot. It never loads a page again.
(() => {
  const said = document.querySelector(".md-header")?.dataset ?? {};
  const root = new URL("../", document.currentScript.src);
  const isCopy = () => Boolean(document.querySelector(".pg-saved"));

  // Going online takes what a reader has filled in: then today's page opens beside this one.
  document.addEventListener("click", ({ target }) => {
    const way = target.closest?.(".pg-saved a");
    if (!way) return;
    const fields = [...document.querySelectorAll("article :is(input, textarea)")];
    const isFilled = fields.some((field) => field.checked !== field.defaultChecked || field.value !== field.defaultValue);
    way.target = isFilled ? "_blank" : "";
    way.hash = location.hash;
  });
  const here = new URL(location);
  if (here.searchParams.has("pg-online")) {
    here.searchParams.delete("pg-online");
    history.replaceState(history.state, "", here);
  }

  function complain() {
    if (isCopy() || document.querySelector(".pg-unkept")) return;
    const note = document.createElement("p");
    note.className = "pg-unkept";
    note.setAttribute("role", "status");
    document.querySelector(".md-content")?.append(note);
    note.textContent = said.pgUnkept ?? "Not all of this guide could be saved for reading offline.";
  }

  function keep(worker) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => data.missing && complain();
    worker?.postMessage({ keep: location.href }, [port2]);
  }

  const asksToSave = navigator.connection && navigator.connection.saveData;
  if (asksToSave || !("serviceWorker" in navigator) || !location.protocol.startsWith("http")) return;
  addEventListener("load", async () => {
    const workers = navigator.serviceWorker;
    workers.addEventListener("controllerchange", () => keep(workers.controller));
    const options = { scope: root.pathname };
    const isThere = await workers.register(new URL("sw.js", root), options).catch(() => null);
    if (!isThere) complain();
    else if (workers.controller) keep(workers.controller);
  });
})();
