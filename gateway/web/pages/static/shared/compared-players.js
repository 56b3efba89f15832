// The players of a comparison in an address: `/players/2?compare=1010,peppy` has the player of the page and up to four
// others, by ID or name, in the order of their colours.

import { parseAddress, textOf } from "./address.js";

export const MAX_PLAYERS = 5;

// The other players, and those left out: `{ text, reason }`. `own` is the address of the page's player.
export const readCompared = (params, own) =>
  selectPlayers(params.getAll("compare").join().split(",").map((each) => each.trim()).filter(Boolean), own);

// The players in these texts that can be compared, and those left out.
export function selectPlayers(texts, own) {
  const players = [];
  const leftOut = [];
  for (const text of texts) {
    const address = parseAddress(text);
    const reason = reasonAgainst(address, players, own);
    if (reason) leftOut.push({ text, reason });
    else players.push(textOf(address));
  }
  return { players, leftOut };
}

// Why a player can't be added to `players`: "invalid", "own", "duplicate" or "limit"; null if nothing prevents it.
export function reasonAgainst(address, players, own) {
  if (!address) return "invalid";
  const key = keyOf(textOf(address));
  if (own && key === keyOf(textOf(own))) return "own";
  if (players.some((player) => keyOf(player) === key)) return "duplicate";
  return players.length + 1 >= MAX_PLAYERS ? "limit" : null;
}

// Names differ neither by case, nor by spaces and underscores.
const keyOf = (text) => text.toLowerCase().replaceAll(" ", "_");
