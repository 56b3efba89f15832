// Text equivalents of the charts. `metrics` are the two series that they show.

import { byId, el } from "../shared/elements.js";
import { count } from "../shared/format.js";
import { DAY_MS } from "../shared/windows.js";

export const INTERVAL_LABELS = {
  all: "all snapshots",
  day: "one snapshot per day",
  week: "one snapshot per week",
  month: "one snapshot per month",
};

// The time that a point of the charts stands for.
export const PERIODS_MS = { all: DAY_MS, day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS };

// The values of a row, in the order of the charts.
export const valuesOf = (row, metrics) => metrics.map(({ field, format }) => format(row[field]));

// A player's name with the line style of the charts, and a readout.
export function legendItem(name, readout, slot) {
  return el(
    "span",
    { class: `legend-item player player-${slot}` },
    el("b", {}, name),
    " ",
    el("span", { class: "legend-value" }, readout),
  );
}

// A sentence in place of each chart with fewer than two values.
export function replaceEmptyCharts({ lists, metrics, charts }) {
  metrics.forEach(({ field }, index) => {
    const known = lists.flatMap((rows) => rows.filter((row) => row[field] != null)).length;
    const missing = field === "globalRank" ? "Unranked in all snapshots." : "No values recorded.";
    const text = known > 1 ? "" : known ? "One snapshot so far: a line needs a second one." : missing;
    const message = byId(["empty-upper", "empty-lower"][index]);
    message.textContent = text;
    message.hidden = !text;
    charts.containers[index].hidden = Boolean(text);
  });
}

// The first and the last values of a player.
export function caption(name, rows, metrics) {
  if (!rows.length) return `${name}: no snapshots.`;
  const [start, end] = [rows[0], rows.at(-1)].map((row) => valuesOf(row, metrics));
  if (rows.length === 1) return `${name}: one point, ${start.join(", ")}.`;
  return `${name}: from ${start.join(" and ")} to ${end.join(" and ")}.`;
}

// The numbers of points, for screen readers: others see them.
export const pointsCaption = (name, { length }) => (length > 1 ? `${name}: ${count(length)} points.` : "");
