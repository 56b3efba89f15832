// The compared player: loads its data, and shows the table beside the player of the page.

import { parseAddress } from "../shared/address.js";
import { announce, byId, moveFocus } from "../shared/elements.js";
import { findPlayer } from "../shared/names.js";
import * as table from "./compare.js";
import { displayName } from "./header.js";
import { profile } from "./queries.js";

export class Comparison {
  // `onChange()` is called with a new or no player, `onFound(id)` with the ID of a name, `onStop()` if the visitor ends
  // the comparison. `hrefOf(address)` is the address of a player's page, and `seriesOf(id, response)` its series.
  constructor({ onChange, onFound, onStop, hrefOf, seriesOf }) {
    Object.assign(this, { onChange, onFound, onStop, hrefOf, seriesOf });
    this.clear();
  }

  clear() {
    this.compared = this.player = null;
    table.clear();
  }

  // Whether this player, or none, is compared at present.
  has(id) {
    return (this.player?.id ?? null) === id;
  }

  // Loads the compared player of the view, if there is one. `quiet` keeps the present content visible meanwhile.
  async load(view, one, signal, { quiet = false } = {}) {
    const { compare } = view;
    if (!quiet) this.clear();
    this.compared = compare;
    if (!compare) return this.onChange();
    if (!quiet) this.showLoading(compare);
    try {
      const id = await this.resolve(view);
      if (id && !signal.aborted) await this.loadPlayer(id, view.mode, one, signal, quiet);
    } catch (error) {
      if (signal.aborted || (quiet && this.player)) return;
      table.showError(error, () => this.load(view, one, signal), () => this.stop());
    }
  }

  // The ID of the compared player; null after a message, if there is none.
  async resolve({ id: own, compare }) {
    const { id, name } = parseAddress(compare);
    if (id) return id;
    const found = await findPlayer(name);
    if (this.compared !== compare) return null;
    if (!found.id) table.showUnresolved(name, found, () => this.stop());
    else if (found.id === own) table.showSamePlayer(() => this.stop());
    else {
      this.onFound(found.id);
      this.compared = found.id;
      return found.id;
    }
    return null;
  }

  async loadPlayer(id, mode, one, signal, quiet) {
    const response = await profile(id, mode, signal);
    if (signal.aborted || this.compared !== id) return;
    if (response.failures.history) throw response.failures.history;
    const name = displayName(response.user, id);
    if (!response.stats.tracked) return table.showUntracked(name, this.hrefOf({ id }), () => this.stop());
    this.player = { ...response, id, name, series: this.seriesOf(id, response) };
    this.show(one);
    if (!quiet) announce(`${name} added to the comparison.`);
    return this.onChange();
  }

  showLoading(id) {
    moveFocus(byId("comparison"), byId("compare-id"));
    table.showLoading(id);
  }

  // The table of both players; `one` is the response about the player of the page.
  show(one) {
    if (!this.player) return table.clear();
    const { id, name, stats } = this.player;
    table.showTable({ name: one.series.name, stats: one.stats }, { name, stats, href: this.hrefOf({ id }) }, () => this.stop());
  }

  stop() {
    this.onStop();
    byId("compare-id").value = "";
    byId("compare-id").focus();
    this.clear();
    return this.onChange();
  }
}
