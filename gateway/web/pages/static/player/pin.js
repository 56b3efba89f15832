// The button that pins the player to the home page of this browser.

import { announce, byId } from "../shared/elements.js";
import { isPinned, remember, setPinned } from "../shared/my-players.js";

let id = null;

// Before the player has loaded, there is no name to store.
export function preparePin(player) {
  if (player === id) return;
  id = null;
  byId("pin").disabled = true;
  showState();
}

export function showPin(player, name) {
  id = player;
  remember(id, name);
  byId("pin").disabled = false;
  showState();
}

export function listenToPin() {
  byId("pin").addEventListener("click", () => {
    const pinned = !isPinned(id);
    const stored = setPinned(id, pinned);
    if (!stored) announce("The browser does not store pinned players.");
    byId("pin").textContent = stored ? "Pin" : "Not stored";
    showState();
  });
}

const showState = () => byId("pin").setAttribute("aria-pressed", String(isPinned(id)));
