// The time that the snapshots cover, and the limits of the numbers.

import { wholeYear } from "../activity/periods.js";
import { plural } from "../activity/texts.js";
import { day } from "../shared/format.js";
import { DAY_MS } from "../shared/windows.js";
import { dayOfYear } from "./days.js";

const NEAR_MS = 7 * DAY_MS;
// osu!track recorded times in UTC+8 until September 2018.
const LAST_LATE_YEAR = 2018;

export function coveredText({ snapshots, tracked }, year) {
  if (!tracked || !snapshots.length) return `No snapshots of ${year}.`;
  const [first, last] = [snapshots[0], snapshots.at(-1)];
  if (snapshots.length === 1) return `One snapshot, ${dayOfYear(first.at)}.`;
  return `${plural(snapshots.length, "snapshot")}, ${dayOfYear(first.at)} to ${dayOfYear(last.at)}.`;
}

export function notes({ gain, snapshots, earliest }, year, now = Date.now()) {
  const { to } = wholeYear(year);
  const ended = now >= to;
  return [
    gain && `All changes are differences between the snapshots of ${day(gain.start.at)} and ${day(gain.end.at)}.`,
    gain && startNote(gain, earliest, year),
    gain && "Gains and losses of pp include changes of osu!’s pp formula (reworks).",
    !gain && snapshots.length > 0 && `There is one snapshot of ${year} only: changes need a second one.`,
    ended &&
      to - Date.parse(snapshots.at(-1)?.at ?? to) > NEAR_MS &&
      `The year’s last snapshot is of ${day(snapshots.at(-1).at)}. Changes after it count for the next year.`,
    !ended && `${year} is not over: the page changes with each snapshot.`,
    snapshots.length > 1 && "The peak rank is the best one of a snapshot. Ranks between snapshots are unknown.",
    gain &&
      "The most active day and the longest streak count days with their own snapshots only. They are left out if most " +
        "days are estimates.",
    "Hiscores are plays that entered the top 100 while osu!track recorded them, with the pp of their last record.",
    year <= LAST_LATE_YEAR && "Times of plays recorded before September 2018 can be 8 hours late.",
    "Days and years are UTC.",
  ].filter(Boolean);
}

function startNote({ start, coversWholeWindow }, earliest, year) {
  if (coversWholeWindow) return null;
  if (start.at === earliest.at) return `osu!track has no snapshots before ${day(start.at)}: earlier changes are unknown.`;
  return `There are no snapshots shortly before ${year}: changes begin with its first snapshot, on ${day(start.at)}.`;
}
