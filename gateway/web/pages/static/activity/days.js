// Plays per UTC day, from the differences of play counts between snapshots.
//
// A day counts the plays between the last snapshot of the day before and its own last snapshot. If days in between have
// no snapshot, the plays are spread evenly over all of them, and the days are estimated: only the sum is known. Without
// plays, all of them are known to have none.

import { DAY_MS, dayOf } from "../shared/windows.js";

// The days from `from` up to, not including, `to`. `plays` is null if no two snapshots surround the day. `gaps` has the
// snapshots' instants and the plays between them.
export function playsByDay(gaps, from, to) {
  const days = [];
  for (let at = from; at < to; at += DAY_MS) days.push({ at, plays: null, estimated: false, gap: null });
  for (const gap of gaps) fill(days, gap, from);
  return days;
}

function fill(days, gap, from) {
  if (gap.plays < 0) return; // osu! has corrected the play count: the plays are unknown
  const last = dayOf(gap.end);
  const first = Math.min(dayOf(gap.start) + DAY_MS, last);
  const length = (last - first) / DAY_MS + 1;
  const start = (first - from) / DAY_MS;
  for (const day of days.slice(Math.max(0, start), Math.max(0, start + length))) {
    Object.assign(day, { plays: gap.plays / length, estimated: length > 1 && gap.plays > 0, gap });
  }
}

// The gaps of the gains of days. `last` and `next` are the last snapshot of the time and the first one after it.
export function gapsOf(gains, last, next) {
  const gaps = gains.map(({ start, end, delta }) => gapOf(start.at, end.at, delta.playCount));
  return last && next ? [...gaps, gapOf(last.at, next.at, next.playCount - last.playCount)] : gaps;
}

const gapOf = (start, end, plays) => ({ start: Date.parse(start), end: Date.parse(end), plays });

const isActive = ({ plays, estimated }) => plays > 0 && !estimated;

// The most active day, or undefined. Estimated days do not count.
export function busiestDay(days) {
  return days.filter(isActive).reduce((most, day) => (most && most.plays >= day.plays ? most : day), undefined);
}

// The longest run of days with plays, as its first and last day, or null. Estimated days interrupt it.
export function longestStreak(days) {
  let [best, first] = [null, null];
  for (const [index, day] of days.entries()) {
    first = isActive(day) ? (first ?? index) : null;
    if (first != null && (!best || index - first > best.last - best.first)) best = { first, last: index };
  }
  return best && { from: days[best.first].at, to: days[best.last].at, length: best.last - best.first + 1 };
}

export function countDays(days) {
  return {
    active: days.filter(isActive).length,
    estimated: days.filter(({ estimated }) => estimated).length,
    unknown: days.filter(({ plays }) => plays == null).length,
  };
}

// The upper ends of the first three of four levels, each with about as many days.
export function levelsOf(days) {
  const measured = days.filter(isActive);
  const plays = (measured.length ? measured : days.filter(({ plays }) => plays > 0)).map((day) => day.plays);
  plays.sort((one, other) => one - other);
  const ends = [0.25, 0.5, 0.75].map((share) => Math.ceil(plays[Math.floor(share * plays.length)] ?? 0));
  return [...new Set(ends)].filter((end) => end > 0 && end < plays.at(-1));
}

// The level of a day, from 0 without plays to 4.
export function levelOf({ plays }, ends) {
  if (!plays) return 0;
  const level = ends.filter((end) => plays > end).length + 1;
  // With fewer levels, the highest is still the strongest colour.
  return level + 3 - ends.length;
}
