/**
 * The page's one script. It makes each number a button that opens its evidence in a drawer; Escape,
 * the cross and the backdrop close it, and the focus goes back to the number.
 */
export const pageScript = `(() => {
  const drawer = document.getElementById("drawer");
  const content = document.getElementById("drawer-content");
  if (!drawer || typeof drawer.showModal !== "function") return;
  let opener = null;
  const show = (id) => {
    const entry = document.getElementById(id);
    if (!entry) return false;
    const copy = entry.cloneNode(true);
    copy.removeAttribute("id");
    for (const part of copy.querySelectorAll("[id]")) part.id += "-open";
    for (const part of copy.querySelectorAll("[aria-labelledby]")) {
      part.setAttribute("aria-labelledby", part.getAttribute("aria-labelledby") + "-open");
    }
    copy.querySelector("h3").id = "drawer-title";
    content.replaceChildren(copy);
    drawer.scrollTop = 0;
    if (!drawer.open) drawer.showModal();
    return true;
  };
  const target = (link) => decodeURIComponent(link.hash.slice(1));
  for (const link of document.querySelectorAll("a.claim")) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      opener = link;
      if (show(target(link))) event.preventDefault();
    });
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      link.click();
    });
  }
  content.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#evidence-']");
    if (link && show(target(link))) event.preventDefault();
  });
  drawer.addEventListener("click", (event) => {
    if (event.target === drawer) drawer.close();
  });
  drawer.addEventListener("close", () => {
    if (opener) opener.focus();
    opener = null;
  });
})();`;
