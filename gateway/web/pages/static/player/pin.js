// The button that pins the player to the home page of this browser.

import { announce, byId } from "../shared/elements.js";
import { isPinned, remember, setPinned } from "../shared/my-players.js";
import { storedGain } from "../shared/windows.js";
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
  remember(id, name, stats.latest && lastStats(mode, stats));
  byId("pin").disabled = false;
  showState();
}

// For the home page, which does not ask for them.
function lastStats(mode, { latest, week, weekWithin, month, monthWithin }, now = Date.now()) {
  const { at, pp, globalRank, accuracy, playCount } = latest;
  const gains = {
    week: storedGain({ gain: week, within: weekWithin }, 7, now),
    month: storedGain({ gain: month, within: monthWithin }, 30, now),
  };
  return { mode: mode.title, at, rank: globalRank, pp, accuracy, plays: playCount, gains, seenAt: new Date(now).toISOString() };
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
