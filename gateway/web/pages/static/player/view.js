// The URL holds the state of the page, so that a link reproduces it: player, mode, compared player, window, interval,
// and the series of both charts.

import { playerId } from "../shared/player-id.js";
import { readSeries } from "./metrics.js";

export const MODES = [
  { name: "osu", value: "OSU", title: "osu!" },
  { name: "taiko", value: "TAIKO", title: "taiko" },
  { name: "catch", value: "CATCH", title: "catch" },
  { name: "mania", value: "MANIA", title: "mania" },
];
export const INTERVALS = { all: null, day: "DAY", week: "WEEK", month: "MONTH" };
const DAY = /^\d{4}-\d{2}-\d{2}$/;

// The view in a URL. `id` is null if `segment`, the last part of the path, is not a player ID.
export function read(location = window.location) {
  const segment = decode(location.pathname.replace(/\/+$/, "").split("/").pop());
  const params = new URLSearchParams(location.search);
  const mode = params.get("mode")?.toLowerCase() ?? "osu";
  const [from, to] = [params.get("from"), params.get("to")].map(midnight);
  return {
    segment,
    id: /^\d+$/.test(segment) ? playerId(segment) : null,
    mode: MODES.find(({ name }) => name === (mode === "fruits" ? "catch" : mode)) ?? MODES[0],
    compare: playerId(params.get("compare") ?? ""),
    from,
    to: from != null && to != null && to <= from ? null : to,
    every: params.get("every") in INTERVALS ? params.get("every") : null,
    series: readSeries(params.get("series")),
  };
}

// The query string of a view, without default values.
export function search({ mode, compare, from, to, every, series }) {
  const params = { mode: mode.name === "osu" ? null : mode.name, compare, from: isoDay(from), to: isoDay(to), every, series };
  const text = new URLSearchParams(Object.entries(params).filter(([, value]) => value != null)).toString();
  return text && `?${text.replaceAll("%2C", ",")}`;
}

export const isoDay = (at) => (at == null ? null : new Date(at).toISOString().slice(0, 10));

function midnight(text) {
  const at = DAY.test(text ?? "") ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(at) ? null : at;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // malformed percent-encoding
  }
}
