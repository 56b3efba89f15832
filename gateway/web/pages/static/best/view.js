// The URL holds the state of the page, so that a link reproduces it: mode, period, filters, number of plays.

import { modeNamed, MODES } from "../player/view.js";
import { modeOf } from "../shared/address.js";

export const PAGE_SIZE = 50;
// A link shows at most so many plays. The button for more continues from there.
const MAX_SHOWN = 1000;
const MAX_DAYS = 36_500;
const DEFAULT_DAYS = "1";
const ALL = "all";

export const PERIODS = [
  ["1", "Day"],
  ["7", "Week"],
  ["30", "Month"],
  ["365", "Year"],
  [ALL, "All time"],
];
export const GRADES = { SS: ["X", "XH"], S: ["S", "SH"], A: ["A"], B: ["B"], C: ["C"], D: ["D"] };
// The acronyms that the gateway knows. Their order is that of the buttons and of the URL.
export const MODS = (
  "NM HD HR DT FL EZ HT NF SO FI MR NC SD PF RX AP AT CN TP TD RD 1K 2K 3K 4K 5K 6K 7K 8K 9K CO V2"
).split(" ");

// The view in a URL. `days` is null for all time.
export function read({ search } = window.location) {
  const params = new URLSearchParams(search);
  const mods = choice(MODS, params.get("mods"));
  return {
    mode: modeNamed(modeOf(search)) ?? MODES[0],
    days: readDays(params.get("days")),
    mods: mods.includes("NM") ? ["NM"] : mods,
    without: choice(MODS, params.get("without")).filter((mod) => mod !== "NM" && !mods.includes(mod)),
    grades: choice(Object.keys(GRADES), params.get("grades")),
    shown: Math.min(MAX_SHOWN, Math.max(PAGE_SIZE, Number.parseInt(params.get("show"), 10) || 0)),
  };
}

// The query string of a view, without default values.
export function search({ mode, days, mods, without, grades, shown }) {
  const period = days == null ? ALL : String(days);
  const params = {
    mode: mode.name === "osu" ? "" : mode.name,
    days: period === DEFAULT_DAYS ? "" : period,
    mods: mods.join(),
    without: without.join(),
    grades: grades.join(),
    show: shown > PAGE_SIZE ? Math.min(shown, MAX_SHOWN) : "",
  };
  const text = new URLSearchParams(Object.entries(params).filter(([, value]) => value)).toString();
  return text && `?${text.replaceAll("%2C", ",")}`;
}

export const readDays = (text) => {
  if (text === ALL) return null;
  const days = /^\d{1,5}$/.test(text ?? "") ? Number(text) : 0;
  return days >= 1 && days <= MAX_DAYS ? days : Number(DEFAULT_DAYS);
};

export function periodText({ days }) {
  if (days == null) return "of all time";
  return days === 1 ? "of the last 24 hours" : `of the last ${days} days`;
}

// The filters in words: "HD, DT, without FL, SS"; empty without filters.
export function filterText({ mods, without, grades }) {
  const parts = [mods.join(", "), without.length && `without ${without.join(", ")}`, grades.join(", ")];
  return parts.filter(Boolean).join("; ");
}

// The items in a list that a text names, in their order: "HD,DT", "hd dt" and "HDDT" are the same mods.
function choice(items, text) {
  const named = (text ?? "").toUpperCase().match(/[A-Z0-9]{1,2}/g) ?? [];
  return items.filter((item) => named.includes(item));
}
