// Player IDs as people enter them.

const MAX_ID = 2 ** 31 - 1;

export const INVALID_ID = "Enter a player ID or profile URL, such as osu.ppy.sh/users/2. Names are not supported.";

// The ID in a number or a profile URL, or null if there is none.
export function playerId(text) {
  const id = text.trim().match(/^(?:.*\/(?:users|u|players)\/)?([1-9]\d{0,9})(?:[/?#].*)?$/)?.[1];
  return id && Number(id) <= MAX_ID ? id : null;
}
