// Text equivalents of the charts.

import { el } from "../shared/elements.js";
import { count, pp, rank } from "../shared/format.js";

export const INTERVAL_LABELS = {
  all: "all snapshots",
  day: "one snapshot per day",
  week: "one snapshot per week",
  month: "one snapshot per month",
};

// A player's name with the line style of the charts, and the values of a row.
export function legendItem(name, row, index) {
  const value = row ? `${pp(row.pp)} · ${rank(row.globalRank)}` : "not tracked yet";
  return el(
    "span",
    { class: `legend-item player-${index}` },
    el("b", {}, name),
    " ",
    el("span", { class: "legend-value" }, value),
  );
}

export function caption(name, rows) {
  if (!rows.length) return `${name}: no snapshots.`;
  const [first, last] = [rows[0], rows.at(-1)];
  if (rows.length === 1) return `${name}: one point, ${pp(first.pp)}, ${rank(first.globalRank)}.`;
  const [start, end] = [first, last].map((row) => `${pp(row.pp)} and ${rank(row.globalRank)}`);
  return `${name}: ${count(rows.length)} points, from ${start} to ${end}.`;
}
