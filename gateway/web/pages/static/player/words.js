// What the charts show, in words.

import { el } from "./elements.js";
import { count, pp, rank } from "./format.js";

export const EACH = { all: "every snapshot", day: "one a day", week: "one a week", month: "one a month" };

// A player's name, with the line it has in the charts, and how they stood.
export function reading(name, row, index) {
  const value = row ? `${pp(row.pp)} · ${rank(row.globalRank)}` : "not tracked yet";
  return el(
    "span",
    { class: `reading player-${index}` },
    el("b", {}, name),
    " ",
    el("span", { class: "value" }, value),
  );
}

export function inWords(name, rows) {
  if (!rows.length) return `${name}: no snapshots.`;
  const [first, last] = [rows[0], rows.at(-1)];
  if (rows.length === 1) return `${name}: one point, ${pp(first.pp)}, ${rank(first.globalRank)}.`;
  const [start, end] = [first, last].map((row) => `${pp(row.pp)} and ${rank(row.globalRank)}`);
  return `${name}: ${count(rows.length)} points, from ${start} to ${end}.`;
}
