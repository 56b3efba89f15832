// The URL holds the state of the page, so that a link reproduces it: player, mode, compared players, window,
// interval, the series of both charts as values or changes, and the order and filters of the hiscores. The window is the last `days`, or
// begins and ends at a date.

import { modeOf, parseAddress } from "../shared/address.js";
import { readCompared } from "../shared/compared-players.js";
import { filterParams, readFilters } from "../shared/play-filters.js";
import { isoDay, readWindow } from "../shared/windows.js";
import { readSeries } from "./metrics.js";

export const MODES = [
  { name: "osu", value: "OSU", title: "osu!" },
  { name: "taiko", value: "TAIKO", title: "taiko" },
  { name: "catch", value: "CATCH", title: "catch" },
  { name: "mania", value: "MANIA", title: "mania" },
];
// The mode as in titles: "osu!", "osu!taiko".
export const modeTitle = ({ name }) => (name === "osu" ? "osu!" : `osu!${name}`);
export const modeNamed = (name) => MODES.find((mode) => mode.name === name);
export const INTERVALS = { all: null, day: "DAY", week: "WEEK", month: "MONTH" };
const YEAR = /^[1-9]\d{3}$/;

// The view in a URL. `segment`, the last part of the path, has the ID or the name of the player; both are null if it is
// invalid. Without a chosen mode, the page selects one with data.
export function read(location = window.location) {
  const segment = decode(location.pathname.replace(/\/+$/, "").split("/").pop());
  const params = new URLSearchParams(location.search);
  const mode = modeOf(location.search);
  const address = parseAddress(segment);
  const { players, leftOut } = readCompared(params, address);
  return {
    segment,
    id: address?.id ?? null,
    name: address?.name ?? null,
    mode: modeNamed(mode) ?? MODES[0],
    isModeChosen: mode !== null,
    compare: players,
    leftOut,
    ...readWindow(params),
    every: Object.hasOwn(INTERVALS, params.get("every") ?? "") ? params.get("every") : null,
    series: readSeries(params.get("series")),
    values: params.get("values") === "change" ? "change" : null, // or absolute
    sort: params.get("sort") === "newest" ? "newest" : null, // or by pp
    plays: params.get("plays") === "all" ? "all" : null, // or the best one per beatmap
    ...readFilters(params),
    // Of a player whose ID is not known yet.
    year: address?.name && YEAR.test(params.get("year") ?? "") ? params.get("year") : null,
  };
}

// The query string of a view, without default values.
export function search({ mode, isModeChosen, compare, days, from, to, every, series, values, year, sort, plays, ...filters }) {
  const name = mode.name === "osu" && !isModeChosen ? null : mode.name;
  const others = compare?.length ? compare.join() : null;
  const hiscores = { sort, plays, ...filterParams(filters) };
  const params = { mode: name, compare: others, days, from: isoDay(from), to: isoDay(to), every, series, values, year, ...hiscores };
  const text = new URLSearchParams(Object.entries(params).filter(([, value]) => value != null)).toString();
  return text && `?${text.replaceAll("%2C", ",")}`;
}

// The query string of the page of another player: in the mode of the address, or else in that of the view.
export const searchOf = (address, { mode }) =>
  search({ mode: modeNamed(address.mode) ?? mode, isModeChosen: Boolean(address.mode) });

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // malformed percent-encoding
  }
}
