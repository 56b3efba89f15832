// The lines of pp and rank over the year, with their highest and lowest values. Nothing is known between distant snapshots:
// the line is faded there, as in the charts of the player page.

import { distantPairs } from "../player/distant.js";
import { el, svg } from "../shared/elements.js";
import { count, rank } from "../shared/format.js";

const [WIDTH, HEIGHT] = [1000, 160];
const months = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" });
const SERIES = [
  { field: "pp", title: "Performance points", height: (value) => value, format: (value) => `${count(value)} pp` },
  // From 20 to 10 is as far as from 2,000 to 1,000.
  { field: "globalRank", title: "Global rank", height: (value) => -Math.log(value), format: rank },
];

// A figure for each series that has changed in the year, `window`. Its line comes from the snapshot before.
export function lines({ snapshots, gain }, window) {
  const start = gain && !snapshots.some(({ at }) => at === gain.start.at) ? [gain.start] : [];
  const rows = [...start, ...snapshots].map(rowOf);
  return SERIES.map((series) => figure(series, rows, window)).filter(Boolean);
}

// Inactive players have no pp.
const rowOf = ({ at, pp, globalRank }) => ({ at: Date.parse(at), pp: pp || null, globalRank });

function figure({ field, title, height, format }, rows, { from, to }) {
  const known = rows.filter((row) => row[field] != null && row.at >= from);
  if (new Set(known.map((row) => row[field])).size < 2) return null;
  const ordered = known.map((row) => row[field]).sort((one, other) => height(other) - height(one));
  const [best, worst] = [ordered[0], ordered.at(-1)];
  const unit = (HEIGHT - 8) / (height(best) - height(worst));
  const place = (row) =>
    `${(((row.at - from) / (to - from)) * WIDTH).toFixed(1)} ${(4 + (height(best) - height(row[field])) * unit).toFixed(1)}`;
  const text = `${title}: from ${format(known[0][field])} to ${format(known.at(-1)[field])}, best ${format(best)}, worst ${format(worst)}`;
  const plot = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": text });
  plot.append(...paths(rows, field, place).map(([kind, d]) => svg("path", { class: kind, d })));
  return el(
    "figure",
    { class: "year-line" },
    el("figcaption", {}, title),
    el("div", { class: "line-ends", "aria-hidden": "true" }, el("span", {}, format(best)), el("span", {}, format(worst))),
    plot,
    el("div", { class: "line-months", "aria-hidden": "true" }, monthLabels(from)),
  );
}

// The line, its faded parts, and the points without a line.
function paths(rows, field, place) {
  const pairs = distantPairs(rows, field, "all");
  const parts = connected(rows, field, new Set(pairs.map(([, row]) => row)));
  const path = (lists) => lists.map((list) => `M${list.map(place).join("L")}`).join("");
  const points = parts.filter(({ length }) => length === 1).map(([row]) => `M${place(row)}h0`);
  return [["faded", path(pairs)], ["line", path(parts.filter(({ length }) => length > 1))], ["point", points.join("")]];
}

// The rows with values, in parts that end where a value is missing or before a `distant` row.
function connected(rows, field, distant) {
  const parts = [];
  rows.forEach((row, index) => {
    if (row[field] == null) return;
    if (rows[index - 1]?.[field] == null || distant.has(row)) parts.push([row]);
    else parts.at(-1).push(row);
  });
  return parts;
}

const monthLabels = (from) =>
  Array.from({ length: 12 }, (_, index) => el("span", {}, months.format(Date.UTC(new Date(from).getUTCFullYear(), index))));
