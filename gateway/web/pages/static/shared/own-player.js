// The visitor's own player, an ID in the browser's storage only.

const KEY = "own-player";

export function ownPlayer() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage may be blocked
  }
}

export function setOwnPlayer(id) {
  try {
    if (id === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, id);
  } catch {
    // without storage, there is no list either
  }
}
