// The data series of the charts, by their name in the URL: field of a snapshot, title, texts and axis. The names are
// those of the chart images.

import { compact, count, decimal, percent, pp, rank } from "../shared/format.js";
import { ACCURACY_AXIS, COMPACT_AXIS, LEVEL_AXIS, PP_AXIS, RANK_AXIS } from "./scales.js";

// `format` writes a value in a sentence, `exact` in a table.
const metric = (field, title, format, axis, exact = format) => ({ field, title, format, axis, exact });

export const METRICS = {
  pp: metric("pp", "Performance points", pp, PP_AXIS),
  rank: metric("globalRank", "Global rank", rank, RANK_AXIS),
  accuracy: metric("accuracy", "Accuracy", percent, ACCURACY_AXIS),
  plays: metric("playCount", "Play count", (value) => plural(count(value), "play"), COMPACT_AXIS, count),
  level: metric("level", "Level", (value) => `level ${decimal(value)}`, LEVEL_AXIS, decimal),
  "ranked-score": metric("rankedScore", "Ranked score", (value) => `${compact(value)} ranked`, COMPACT_AXIS, count),
  "total-score": metric("totalScore", "Total score", (value) => `${compact(value)} total`, COMPACT_AXIS, count),
  hits: metric("totalHits", "Total hits", (value) => plural(compact(value), "hit"), COMPACT_AXIS, count),
  ss: metric("countSS", "SS grades", (value) => `${count(value)} SS`, COMPACT_AXIS, count),
  s: metric("countS", "S grades", (value) => `${count(value)} S`, COMPACT_AXIS, count),
  a: metric("countA", "A grades", (value) => `${count(value)} A`, COMPACT_AXIS, count),
};
const NAMES = Object.keys(METRICS);
export const DEFAULT_SERIES = ["pp", "rank"];

// The fields that two charts need, as a GraphQL selection that does not depend on their order.
export const fieldsOf = (series) => [...new Set(series.map((name) => METRICS[name].field))].sort().join(" ");

// The two series in a URL, such as `accuracy,plays`: unknown ones are ignored, missing ones are the default. Null if
// the result is the default.
export function readSeries(text) {
  const known = (text ?? "").toLowerCase().split(",").filter((name) => NAMES.includes(name));
  return withoutDefault([...new Set([...known, ...DEFAULT_SERIES])].slice(0, 2));
}

// The same after a choice in one of the charts. The charts swap if the other one shows it already.
export function chooseSeries(series, slot, name) {
  const other = series[1 - slot] === name ? series[slot] : series[1 - slot];
  return withoutDefault(slot ? [other, name] : [name, other]);
}

const withoutDefault = (series) => (`${series}` === `${DEFAULT_SERIES}` ? null : series);

const plural = (amount, noun) => `${amount} ${noun}${amount === "1" ? "" : "s"}`;
