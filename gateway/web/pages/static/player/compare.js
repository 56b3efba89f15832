// The comparison with other players. Its scripts load with the first of them.

import { byId, el } from "../shared/elements.js";

export class Compare {
  // `parts` are those of `Comparison`.
  constructor(parts) {
    this.parts = parts;
    this.comparison = null;
  }

  // The series of the compared players, for the charts.
  get series() {
    return this.comparison?.series ?? [];
  }

  clear() {
    byId("comparison").replaceChildren();
    this.comparison?.clear();
  }

  // Shows the compared players of the view. `own` is the response about the player of the page; `quiet` refreshes the
  // data and keeps the present content visible meanwhile.
  async load(view, own, signal, options) {
    if (!this.comparison && !view.compare.length && !view.leftOut.length) return;
    try {
      const { Comparison } = await import("../comparison/comparison.js");
      this.comparison ??= new Comparison(this.parts);
    } catch {
      const text = "A script failed to load. Reload the page.";
      byId("comparison").replaceChildren(el("p", { class: "notice warn", role: "alert" }, text));
      return;
    }
    if (!signal.aborted) await this.comparison.load(view, own, signal, options);
  }

  // Shows the gains in the window of the charts.
  showGains() {
    return this.comparison?.loadGains();
  }
}
