// The buttons "This is me", and "Compare with me" on the page of another player.

import { announce, byId } from "../shared/elements.js";
import { ownPlayer, setOwnPlayer } from "../shared/own-player.js";

// Before the player has loaded, `id` is null.
export function showOwn(id) {
  const isOwn = id !== null && id === ownPlayer();
  byId("own").disabled = id === null;
  byId("own").setAttribute("aria-pressed", String(isOwn));
  byId("own").title = isOwn ? "Your player page: press to undo" : "Show this player first on the home page of this browser";
}

// `idOf()` is the player of the page; `onChange()` is called after a change.
export function listenToOwn(idOf, onChange) {
  byId("own").addEventListener("click", () => {
    if (!setOwnPlayer(ownPlayer() === idOf() ? null : idOf())) announce("The browser does not store your player.");
    onChange();
  });
}

export function showCompareOwn({ id, compare }, isFull) {
  const own = ownPlayer();
  byId("compare-own").hidden = own === null || isFull || own === id || compare.includes(own);
}

// The pressed button disappears.
export function listenToCompareOwn(onAdd) {
  byId("compare-own").addEventListener("click", () => {
    byId("compare-link").focus();
    onAdd([ownPlayer()]);
  });
}
