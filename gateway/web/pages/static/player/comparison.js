// The compared player: loads its data, and shows the table beside the player of the page.

import { announce, byId, moveFocus } from "../shared/elements.js";
import * as table from "./compare.js";
import { displayName } from "./header.js";
import { profile } from "./queries.js";

export class Comparison {
  // `onChange()` is called with a new or no player, `onStop()` if the visitor ends the comparison. `hrefOf(id)` is the
  // address of a player, and `seriesOf(id, response)` its series.
  constructor({ onChange, onStop, hrefOf, seriesOf }) {
    Object.assign(this, { onChange, onStop, hrefOf, seriesOf });
    this.clear();
  }

  clear() {
    this.id = this.player = null;
    table.clear();
  }

  // Whether this player, or none, is compared at present.
  has(id) {
    return (this.player?.id ?? null) === id;
  }

  // Loads the compared player of the view, if there is one. `quiet` keeps the present content visible meanwhile.
  async load({ compare: id, mode }, one, signal, { quiet = false } = {}) {
    if (!quiet) this.clear();
    this.id = id;
    if (!id) return this.onChange();
    const stop = () => this.stop();
    if (!quiet) this.showLoading(id);
    try {
      const response = await profile(id, mode, signal);
      if (signal.aborted || this.id !== id) return;
      if (response.failures.history) throw response.failures.history;
      const name = displayName(response.user, id);
      if (!response.stats.tracked) return table.showUntracked(name, this.hrefOf(id), stop);
      this.player = { ...response, id, name, series: this.seriesOf(id, response) };
      this.show(one);
      if (!quiet) announce(`${name} added to the comparison.`);
      return this.onChange();
    } catch (error) {
      if (signal.aborted || (quiet && this.player)) return;
      table.showError(error, () => this.load({ compare: id, mode }, one, signal), stop);
    }
  }

  showLoading(id) {
    moveFocus(byId("comparison"), byId("compare-id"));
    table.showLoading(id);
  }

  // The table of both players; `one` is the response about the player of the page.
  show(one) {
    if (!this.player) return table.clear();
    const { id, name, stats } = this.player;
    table.showTable({ name: one.series.name, stats: one.stats }, { name, stats, href: this.hrefOf(id) }, () => this.stop());
  }

  stop() {
    this.onStop();
    byId("compare-id").value = "";
    byId("compare-id").focus();
    this.clear();
    return this.onChange();
  }
}
