// The choice of mode, period and filters.

import { byId, el, setPressed } from "../shared/elements.js";
import { MODES } from "../player/view.js";
import { listenToFilters, showFilters } from "../shared/filter-controls.js";
import { listenToRange, showRange } from "./filters.js";
import { PAGE_SIZE, PERIODS, readDays, search } from "./view.js";

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
  byId("periods").addEventListener("click", ({ target }) => {
    if (target.matches("button")) choose({ days: readDays(target.dataset.days) });
  });
  listenToFilters(viewNow, choose);
  listenToRange(choose);
}

export function showControls(view) {
  byId("modes").replaceChildren(
    ...MODES.map((mode) => {
      const href = `best${search({ ...view, mode, shown: PAGE_SIZE })}`;
      return el("a", { href, "data-mode": mode.name, "aria-current": mode === view.mode ? "page" : null }, mode.title);
    }),
  );
  setPressed(byId("periods"), "days", String(view.days ?? "all"));
  showFilters(view);
  showRange(view);
}
