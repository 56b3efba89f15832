// The visitor's own player, an ID in the browser's storage only.

const KEY = "own-player";
const ID = /^[1-9]\d{0,9}$/;

export function ownPlayer() {
  try {
    const id = localStorage.getItem(KEY);
    return ID.test(id) ? id : null;
  } catch {
    return null; // storage may be blocked
  }
}

// Returns false if the browser does not store the change. The header's link follows the event.
export function setOwnPlayer(id) {
  try {
    if (id === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, id);
  } catch {
    return false;
  }
  return dispatchEvent(new Event(KEY));
}
