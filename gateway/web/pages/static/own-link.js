// The link to the visitor's own player in the header. Not a module, so that its place is there at the first paint.
(() => {
  const stored = () => {
    try {
      return localStorage.getItem("own-player") ?? "";
    } catch {
      return ""; // storage may be blocked
    }
  };
  const show = () => {
    const id = stored();
    const isOwn = /^[1-9]\d{0,9}$/.test(id);
    document.documentElement.toggleAttribute("data-own", isOwn);
    const link = document.querySelector(".own-link");
    if (!link || !isOwn) return;
    link.href = new URL(`players/${id}`, document.querySelector(".brand").href);
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  };
  show();
  for (const event of ["DOMContentLoaded", "storage", "own-player"]) addEventListener(event, show);
})();
