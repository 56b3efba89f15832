// Light or dark theme, chosen in <select data-theme-choice>. Not a module, so that it runs before the first paint.
(() => {
  const root = document.documentElement;
  const stored = () => {
    try {
      return localStorage.getItem("theme") ?? "system";
    } catch {
      return "system"; // storage may be blocked
    }
  };
  const apply = (theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    root.dispatchEvent(new CustomEvent("theme", { detail: theme }));
  };
  const choose = (theme) => {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // without storage, the choice applies to this page only
    }
    apply(theme);
  };
  apply(stored());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(stored()));
  // Paper is light; charts are drawn in its colours before they are printed.
  addEventListener("beforeprint", () => apply("light"));
  addEventListener("afterprint", () => apply(stored()));
  addEventListener("storage", (event) => event.key === "theme" && apply(stored()));
  addEventListener("DOMContentLoaded", () => {
    const select = document.querySelector("[data-theme-choice]");
    if (!select) return;
    select.value = stored();
    select.addEventListener("change", () => choose(select.value));
    root.addEventListener("theme", ({ detail }) => (select.value = detail));
  });
})();
