// Time windows of activity.

import { isoDay } from "../shared/windows.js";
import { DAY_MS, dayOf } from "../shared/windows.js";

export const between = (from, to) => ({ between: { from: isoDay(from), to: isoDay(to) } });

// The last 53 weeks up to today, from a Monday on, and the last twelve months.
export function lastYear(now) {
  const to = dayOf(now) + DAY_MS;
  const monday = dayOf(now) - ((new Date(now).getUTCDay() + 6) % 7) * DAY_MS;
  const date = new Date(now);
  return { from: monday - 52 * 7 * DAY_MS, to, firstMonth: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 11) };
}

export const monthOf = (at) => Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth());

export const wholeYear = (year) => ({ from: Date.UTC(year, 0), to: Date.UTC(year + 1, 0) });
