// The loads of stats: of the own and the pinned players with the page, and of any on request. Each has at most five
// players, so that a visit causes few requests to osu!track.

import { whenVisible } from "../shared/automatic-retries.js";
import { announce, byId } from "../shared/elements.js";
import { loadStats, MAX_LOADED } from "./player-stats.js";

// The number of the last load of each player on this page.
const loads = new Map();
let count = 0;
// Older copies are loaded again after these pauses, while the page is visible.
const PAUSES_S = [45, 90, 300];

// With the page: the own and the pinned players. The others have the stats of their pages.
export function loadFirst(players, onStats) {
  const due = players.filter(({ id, isPinned, isOwn }) => (isPinned || isOwn) && !loads.has(id));
  return load(due.slice(0, MAX_LOADED - loads.size), onStats);
}

// On request: the own player, then those that have waited longest.
const next = (players) =>
  [...players].sort((one, other) => other.isOwn - one.isOwn || (loads.get(one.id) ?? 0) - (loads.get(other.id) ?? 0)).slice(0, MAX_LOADED);

// `players()` are those in the list.
export function listenToRefresh(players, { onStats, onEnd }) {
  const target = byId("my-players-refresh");
  target.addEventListener("click", async () => {
    if (target.getAttribute("aria-disabled") === "true") return;
    target.setAttribute("aria-disabled", "true");
    target.textContent = "Reloading …";
    const due = next(players());
    const text = await load(due, onStats, { length: players().length });
    onEnd();
    target.textContent = "Reload";
    target.removeAttribute("aria-disabled");
    announce(text);
  });
}

// Returns the text about the result.
async function load(players, onStats, { length = 0, pauses = PAUSES_S } = {}) {
  if (!players.length) return "";
  count += 1;
  for (const { id } of players) loads.set(id, count);
  const number = count;
  const { isComplete, isStale } = await loadStats(players, onStats);
  const [pause, ...rest] = isStale ? pauses : [];
  const repeat = () => number === count && load(players, onStats, { length, pauses: rest });
  if (pause) setTimeout(() => whenVisible(repeat), pause * 1000);
  const text = textOf({ isComplete, isStale, loaded: players.length, length });
  byId("my-players-state").textContent = text;
  return text;
}

function textOf({ isComplete, isStale, loaded, length }) {
  if (!isComplete) return "Some stats could not be loaded. Those of an earlier visit are shown.";
  if (isStale) return "osu!track did not answer in time: the stats are an older copy.";
  if (!length) return "";
  return loaded < length ? `Reloaded ${loaded} of ${length} players. Press again for the others.` : "Reloaded just now.";
}
