// The states of the page, of which one is visible: loading, an error, no data, or the data.

import { announce, byId, moveFocus } from "../shared/elements.js";

const SLOW_MS = 4000;
const STATES = ["loading", "load-error", "untracked", "player-data"];

export function showState(name) {
  for (const each of STATES) byId(each).hidden = each !== name;
  byId("main").setAttribute("aria-busy", String(name === "loading"));
}

export function showLoading(signal) {
  moveFocus(byId("load-error"), byId("main"));
  showState("loading");
  byId("notices").replaceChildren();
  byId("loading-message").textContent = "Loading osu!track data …";
  announce("Loading.");
  const slow = setTimeout(() => {
    if (byId("loading").hidden || signal.aborted) return;
    byId("loading-message").textContent =
      "osu!track is slow. All data of this player is being loaded; the page opens faster the next time.";
    announce("osu!track is slow.");
  }, SLOW_MS);
  signal.addEventListener("abort", () => clearTimeout(slow));
}
