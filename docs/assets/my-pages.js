// The pages that fit a reader as one document to print, put together from pages of this site. Nothing is sent anywhere.
{
  const part = document.querySelector(".pg-mine-print");
  const [button, says] = part.children;
  const place = document.querySelector(".pg-mine-pages");
  const SCREEN_ONLY = ".pg-contents, .headerlink, .pg-card, .pg-ways, .pg-scripted, .pg-about, script, noscript, [hidden]";

  const links = () => [...document.querySelectorAll(".pg-step:not([hidden]) > p > strong > a, .pg-chapter:not([hidden]) > ul > li:not([hidden]) > a")];

  async function article(link) {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(link.href);
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("article");
    for (const one of found.querySelectorAll(SCREEN_ONLY)) one.remove();
    for (const one of found.querySelectorAll("[id]")) one.removeAttribute("id"); // those of one page alone are unique
    for (const name of ["href", "src"])
      for (const one of found.querySelectorAll(`[${name}]`)) one[name] = new URL(one.getAttribute(name), link.href).href;
    for (const one of found.querySelectorAll("details:not(.pg-state, .pg-words, .pg-fold)")) one.open = true;
    return found;
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const found = await Promise.all(links().map(article));
      place.replaceChildren(...found);
      says.textContent = says.dataset.pgSome.replace("{count}", found.length);
      print();
    } catch {
      says.textContent = says.dataset.pgNone;
    }
    button.disabled = false;
  });
  addEventListener("afterprint", () => place.replaceChildren());
  patientPath.onChange(() => {
    part.hidden = !Object.values(patientPath.ticked()).flat().filter(Boolean).length;
    says.textContent = "";
  });
}
