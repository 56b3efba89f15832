// The URL holds the state of the page, so that a link reproduces it: mode, period, filters, number of plays.

import { modeNamed, MODES } from "../player/view.js";
import { modeOf } from "../shared/address.js";
import { DAYS, FILTERS, MODE, NUMBER_OF_PLAYS } from "../shared/parameter-rules.js";
import { daysIn } from "../shared/windows.js";
import { filterParams, PP, readFilters } from "./filters.js";

export const PAGE_SIZE = 50;
// A link shows at most so many plays. The button for more continues from there.
const MAX_SHOWN = 1000;
const DEFAULT_DAYS = "1";
const ALL = "all";

export const PERIODS = [
  ["1", "Day"],
  ["7", "Week"],
  ["30", "Month"],
  ["365", "Year"],
  [ALL, "All time"],
];

// The parameters of the URL.
export const PARAMETERS = { ...MODE, days: DAYS, ...FILTERS, ...PP, show: NUMBER_OF_PLAYS };

// The view in a URL. `days` is null for all time.
export function read({ search } = window.location) {
  const params = new URLSearchParams(search);
  return {
    mode: modeNamed(modeOf(search)) ?? MODES[0],
    days: readDays(params.get("days")),
    ...readFilters(params),
    shown: Math.min(MAX_SHOWN, Math.max(PAGE_SIZE, Number.parseInt(params.get("show"), 10) || 0)),
  };
}

// The query string of a view, without default values.
export function search({ mode, days, shown, ...filters }) {
  const period = days == null ? ALL : String(days);
  const params = {
    mode: mode.name === "osu" ? "" : mode.name,
    days: period === DEFAULT_DAYS ? "" : period,
    ...filterParams(filters),
    show: shown > PAGE_SIZE ? Math.min(shown, MAX_SHOWN) : "",
  };
  const text = new URLSearchParams(Object.entries(params).filter(([, value]) => value)).toString();
  return text && `?${text.replaceAll("%2C", ",")}`;
}

export const readDays = (text) => (text === ALL ? null : daysIn(text) ?? Number(DEFAULT_DAYS));

export function periodText({ days }) {
  if (days == null) return "of all time";
  return days === 1 ? "of the last 24 hours" : `of the last ${days} days`;
}
