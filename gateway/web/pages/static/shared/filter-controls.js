// The buttons of the filters by mods and grade, in `parts/filters.html`.

import { byId, el } from "./elements.js";
import { filterText, GRADES, MODS } from "./play-filters.js";

// The other mods are rare: they have a button only while they are chosen, by the URL.
const COMMON = new Set(["NM", "HD", "HR", "DT", "FL", "EZ", "HT", "NF", "SO"]);
const COMMON_IN_MANIA = new Set(["NM", "HD", "FI", "DT", "FL", "EZ", "HT", "NF", "MR"]);

// `choose(change)` is called with the changed filters.
export function listenToFilters(viewNow, choose) {
  for (const name of ["mods", "without", "grades"]) {
    byId(name).addEventListener("click", ({ target }) => {
      if (!target.matches("button")) return;
      const { value } = target.dataset;
      choose(toggled(viewNow(), name, value));
      byId(name).querySelector(`[data-value="${value}"]`)?.focus();
    });
  }
}

// The buttons of a view with a mode and filters, and the filters in words.
export function showFilters(view) {
  byId("filters-text").textContent = filterText(view);
  const mods = MODS.filter((mod) => isOffered(mod, view));
  showChips("mods", mods, view.mods);
  showChips("without", mods.filter((mod) => mod !== "NM"), view.without);
  showChips("grades", Object.keys(GRADES), view.grades);
}

function isOffered(mod, { mode, mods, without }) {
  const common = mode.name === "mania" ? COMMON_IN_MANIA : COMMON;
  return common.has(mod) || mods.includes(mod) || without.includes(mod);
}

function showChips(name, values, chosen) {
  const buttons = values.map((value) => {
    const pressed = String(chosen.includes(value));
    return el("button", { type: "button", class: `small ${name}`, "data-value": value, "aria-pressed": pressed }, value);
  });
  byId(name).replaceChildren(byId(`${name}-title`), ...buttons);
}

// The change of the view by a button. A mod is with, without, or neither; NM (no mods) excludes all others.
function toggled(view, name, value) {
  const order = name === "grades" ? Object.keys(GRADES) : MODS;
  const flipped = (list) => order.filter((item) => list.includes(item) !== (item === value));
  const change = { [name]: flipped(view[name]) };
  if (name === "grades" || view[name].includes(value)) return change;
  if (name === "without") return { ...change, mods: view.mods.filter((mod) => mod !== value && mod !== "NM") };
  if (value === "NM") return { mods: ["NM"], without: [] };
  return { mods: change.mods.filter((mod) => mod !== "NM"), without: view.without.filter((mod) => mod !== value) };
}
