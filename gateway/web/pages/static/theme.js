// Light or dark, as chosen in <select data-theme-choice>; no module, so that it runs before anything is painted.
(() => {
  const root = document.documentElement;
  const kept = () => {
    try {
      return localStorage.getItem("theme") ?? "system";
    } catch {
      return "system"; // a browser may refuse to keep anything
    }
  };
  const show = (theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    root.dispatchEvent(new CustomEvent("theme", { detail: theme }));
  };
  const choose = (theme) => {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // then it holds for this page
    }
    show(theme);
  };
  show(kept());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(kept()));
  addEventListener("storage", (event) => event.key === "theme" && show(kept()));
  addEventListener("DOMContentLoaded", () => {
    const choice = document.querySelector("[data-theme-choice]");
    if (!choice) return;
    choice.value = kept();
    choice.addEventListener("change", () => choose(choice.value));
    root.addEventListener("theme", ({ detail }) => (choice.value = detail));
  });
})();
