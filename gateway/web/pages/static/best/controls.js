// The choice of mode, period and filters.

import { byId, el, setPressed } from "../shared/elements.js";
import { MODES } from "../player/view.js";
import { filterText, GRADES, MODS, PAGE_SIZE, PERIODS, readDays, search } from "./view.js";

// The other mods are rare: they have a button only while they are chosen, by the URL.
const COMMON = new Set(["NM", "HD", "HR", "DT", "FL", "EZ", "HT", "NF", "SO"]);
const COMMON_IN_MANIA = new Set(["NM", "HD", "FI", "DT", "FL", "EZ", "HT", "NF", "MR"]);

// `choose(change)` is called with the changed parts of the view.
export function listen(viewNow, choose) {
  byId("modes").addEventListener("click", (event) => {
    const mode = MODES.find(({ name }) => name === event.target.dataset.mode);
    if (!mode || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose({ mode });
    byId("modes").querySelector("[aria-current]").focus();
  });
  byId("periods").replaceChildren(
    ...PERIODS.map(([days, title]) => el("button", { type: "button", class: "small", "data-days": days }, title)),
  );
  listenToButtons("periods", ({ days }) => choose({ days: readDays(days) }));
  for (const name of ["mods", "without", "grades"]) {
    listenToButtons(name, ({ value }) => {
      choose(toggled(viewNow(), name, value));
      byId(name).querySelector(`[data-value="${value}"]`)?.focus();
    });
  }
}

function listenToButtons(id, onPress) {
  byId(id).addEventListener("click", ({ target }) => target.matches("button") && onPress(target.dataset));
}

export function showControls(view) {
  byId("modes").replaceChildren(
    ...MODES.map((mode) => {
      const href = `best${search({ ...view, mode, shown: PAGE_SIZE })}`;
      return el("a", { href, "data-mode": mode.name, "aria-current": mode === view.mode ? "page" : null }, mode.title);
    }),
  );
  setPressed(byId("periods"), "days", String(view.days ?? "all"));
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
