// The Update button of the own player on the home page: that of the player page, with the result in one line.

import { resultSummary, storeUpdate } from "../player/last-update.js";
import { Update } from "../player/update.js";
import { MODES } from "../player/view.js";
import { byId, el } from "../shared/elements.js";
import { myPlayers } from "../shared/my-players.js";
import { hrefOf } from "./player-cells.js";
import { updatePlayer } from "./player-rows.js";
import { loadStats } from "./player-stats.js";

const playerOf = (id) => myPlayers().find((player) => player.id === id);

class OwnUpdate extends Update {
  constructor() {
    super({ onUpdate: () => this.load(), onCheck: () => this.load(), onNotFound: (refuse) => refuse() });
  }

  // The result of the last update is on the page of the player.
  showPlayer({ id, last }) {
    const mode = MODES.find(({ title }) => title === last?.mode) ?? MODES[0];
    if (id === this.id && mode === this.mode) return;
    this.show(id, mode);
    byId("update-result").replaceChildren();
    if (last) this.showSnapshot(last);
  }

  send(options) {
    this.latestAt = playerOf(this.id)?.last?.at;
    return super.send(options);
  }

  showResult(result) {
    if (result.__typename !== "UpdateUserSuccess") return super.showResult(result);
    storeUpdate(this, result);
    const link = el("a", { href: hrefOf(playerOf(this.id)) }, "Full result");
    this.put(el("p", { class: "text-small" }, `Updated: ${resultSummary(result)}. `, link));
    return this.reload(result);
  }

  // Returns whether osu!track has answered.
  async load() {
    const { id } = this;
    const { isComplete, isStale } = await loadStats([playerOf(id)].filter(Boolean), updatePlayer);
    if (id === this.id) this.latestAt = playerOf(id)?.last?.at;
    return isComplete && !isStale;
  }
}

const update = new OwnUpdate();

export const showOwnUpdate = (player) => update.showPlayer(player);
