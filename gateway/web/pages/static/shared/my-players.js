// The visitor's recent and pinned players, in the browser's storage only. Without storage, the list is empty.

import { ownPlayer } from "./own-player.js";

const KEY = "players";
const MAX_RECENT = 8;
const MAX_PINNED = 24;
const ID = /^[1-9]\d{0,9}$/;
const OPTIONAL_NUMBER = ["number", "undefined"];

// `{ id, name, isPinned, last }`: pinned players first, then the most recent. `last` has the stats that a page showed last,
// if there were any: `{ mode, at, rank, pp, accuracy, plays, gains, seenAt }`. Its gains of the last `day`, `week` and
// `month`, before `seenAt`, are `{ pp, ranks, since }`, or null. Entries of earlier versions end with `pp`.
export function myPlayers() {
  const all = stored();
  return [...all.filter(({ isPinned }) => isPinned), ...all.filter(({ isPinned }) => !isPinned)];
}

export const isPinned = (id) => stored().some((player) => player.id === id && player.isPinned);

// Puts a player first among the recent ones, with the current name and stats.
export function remember(id, name, last) {
  const all = stored();
  const before = all.find((player) => player.id === id);
  // A name stays while it cannot be looked up.
  const current = name === `ID ${id}` && before ? before.name : name;
  store([{ id, name: current, isPinned: before?.isPinned ?? false, last: last ?? before?.last }, ...all.filter((player) => player.id !== id)]);
}

// Stores current stats, null if there are none, and the name if it is known. The order stays.
export function setStats(id, name, last) {
  const change = (player) => ({ ...player, name: name ?? player.name, last: last ?? undefined });
  store(stored().map((player) => (player.id === id ? change(player) : player)));
}

// Returns false if the browser does not store the change.
export const setPinned = (id, isPinned) =>
  store(stored().map((player) => (player.id === id ? { ...player, isPinned } : player)));

// For a player that does not exist. A pinned one is left to the visitor.
export const forgetRecent = (id) => isPinned(id) || forget(id);

export const forget = (id) => store(stored().filter((player) => player.id !== id));

function store(players) {
  const limits = new Map([[true, MAX_PINNED], [false, MAX_RECENT]]);
  const own = ownPlayer();
  const kept = players.filter(({ id, isPinned }) => {
    if (id === own) return true;
    limits.set(isPinned, limits.get(isPinned) - 1);
    return limits.get(isPinned) >= 0;
  });
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
    return true;
  } catch {
    return false; // blocked or full
  }
}

// Another program at the same address may have written the value.
function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY)).filter(isPlayer);
  } catch {
    return [];
  }
}

const isPlayer = (player) =>
  ID.test(player?.id) && hasTypes(player, { id: ["string"], name: ["string"], isPinned: ["boolean"] }) &&
  (player.last === undefined || areStats(player.last));

const areStats = (stats) =>
  hasTypes(stats, { mode: ["string"], at: ["string"], pp: ["number"], rank: ["number", "object"] }) &&
  hasTypes(stats, { accuracy: OPTIONAL_NUMBER, plays: OPTIONAL_NUMBER }) &&
  !isNaN(new Date(stats.at)) &&
  (!stats.gains || !isNaN(new Date(stats.seenAt))) &&
  Object.values(stats.gains ?? {}).every((gain) => gain === null || isGain(gain));

const isGain = (gain) => hasTypes(gain, { pp: ["number"], ranks: ["number", "object"], since: ["string", "object"] });

const hasTypes = (value, types) => Object.entries(types).every(([key, allowed]) => allowed.includes(typeof value?.[key]));
