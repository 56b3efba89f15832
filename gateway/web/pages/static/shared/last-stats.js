// The stats of a player as `my-players.js` stores them.

import { DAY_MS, gainOf, sinceText } from "./windows.js";

const DAYS = { day: 1, week: 7, month: 30 };

// `stats` has `latest`, and of each period the gains `day` and `dayWithin`. Null for a player without stats.
export function lastStats(mode, { latest, ...windows }, now = Date.now()) {
  if (!latest) return null;
  const { at, pp, globalRank, accuracy, playCount } = latest;
  const gains = Object.entries(DAYS).map(([name, days]) => [name, gainIn(windows[name], windows[`${name}Within`], days, now)]);
  const seenAt = new Date(now).toISOString();
  return { mode, at, rank: globalRank, pp, accuracy, plays: playCount, gains: Object.fromEntries(gains), seenAt };
}

// The gain of the last `days`. One that begins later has the day since which it counts.
function gainIn(gain, within, days, now) {
  const window = { from: now - days * DAY_MS, to: now };
  const shown = gainOf({ gain, within }, window);
  return shown ? { pp: shown.delta.pp, ranks: shown.delta.ranksGained, since: sinceText(shown, window) || null } : null;
}
