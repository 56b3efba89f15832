// Text equivalents of the heat map.

import { count, day } from "../shared/format.js";
import { busiestDay, countDays, longestStreak } from "./days.js";

const weekdays = new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: "UTC" });

export const plural = (amount, noun) => `${count(amount)} ${noun}${amount === 1 ? "" : "s"}`;

export function dayText({ at, plays, estimated, gap }) {
  const date = `${weekdays.format(at)}, ${day(at)}`;
  if (plays == null) return `${date}: no data.`;
  if (!estimated) return `${date}: ${plays ? plural(plays, "play") : "no plays"}.`;
  const known = `${plural(gap.plays, "play")} between the snapshots of ${day(gap.start)} and ${day(gap.end)}`;
  const estimate = plays < 0.5 ? "less than 1 play" : `about ${plural(Math.round(plays), "play")}`;
  return `${date}: ${estimate}, estimated from ${known}.`;
}

export const streakRange = ({ from, to }) => (from === to ? day(from) : `${day(from)} to ${day(to)}`);

export function summaryText(days) {
  const { active, estimated, unknown } = countDays(days);
  const [most, streak] = [busiestDay(days), longestStreak(days)];
  return [
    (active > 0 || !estimated) && `Plays on ${plural(active, "day")}.`,
    most && `Most on ${day(most.at)}: ${plural(most.plays, "play")}.`,
    streak?.length > 1 && `Longest streak: ${plural(streak.length, "day")}, ${streakRange(streak)}.`,
    estimated > 0 && `${plural(estimated, "day")} estimated.`,
    unknown > 0 && `${plural(unknown, "day")} without data.`,
  ]
    .filter(Boolean)
    .join(" ");
}
