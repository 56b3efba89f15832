// The button that pins the player to the home page of this browser.

import { announce, byId } from "../shared/elements.js";
import { lastStats } from "../shared/last-stats.js";
import { isPinned, remember, setPinned } from "../shared/my-players.js";
import { showOwn } from "./own-button.js";

let id = null;

// Before the player has loaded, there is no name to store.
export function preparePin(player) {
  if (player === id) return;
  id = null;
  byId("pin").disabled = true;
  showState();
}

export function showPin(player, name, mode, stats) {
  id = player;
  remember(id, name, lastStats(mode.title, stats));
  byId("pin").disabled = false;
  showState();
}

export function listenToPin() {
  byId("pin").addEventListener("click", () => {
    const pinned = !isPinned(id);
    const stored = setPinned(id, pinned);
    if (!stored) announce("The browser does not store pinned players.");
    showState();
    if (!stored) byId("pin").textContent = "Not stored";
  });
}

function showState() {
  showOwn(id);
  const pinned = isPinned(id);
  byId("pin").setAttribute("aria-pressed", String(pinned));
  byId("pin").textContent = pinned ? "Pinned" : "Pin";
  byId("pin").title = pinned ? "Remove this player from the pinned ones on the home page" : "Keep this player on the home page of this browser";
}
