// Lines between distant snapshots: nothing is known of the time between them, so they are faded.

import { DAY_MS } from "../shared/windows.js";
import { DASHES } from "./colours.js";

// The distance of two rows from which on they are distant, by the interval of the charts. `plot.py` has the same rule.
const DISTANT_MS = { all: 7 * DAY_MS, day: 14 * DAY_MS, week: 90 * DAY_MS, month: 90 * DAY_MS };
const ALPHA = 0.35;

// The pairs of successive rows with values of a field that are distant. Of a row that stands for the start of the window,
// the time of the snapshot counts.
export function distantPairs(rows, field, interval) {
  const timeOf = ({ at, instant }) => (instant ? Math.min(at, Date.parse(instant)) : at);
  return rows.slice(1).flatMap((row, index) => {
    const before = rows[index];
    const isDrawn = before[field] != null && row[field] != null;
    return isDrawn && row.at - timeOf(before) > DISTANT_MS[interval] ? [[before, row]] : [];
  });
}

// The gaps of a line in uPlot's form, in pixels: those without values, and those of distant snapshots.
export function withDistantGaps(plot, gaps, pairs) {
  const pixels = pairs.map((pair) => pair.map(({ at }) => plot.valToPos(at / 1000, "x", true)));
  return [...gaps, ...pixels].sort(([one], [other]) => one - other);
}

// The lines of all players across the gaps.
export function drawDistant(plot, { lists, slots, colours, interval }, { field, axis }) {
  const { ctx } = plot;
  const place = (row) => [plot.valToPos(row.at / 1000, "x", true), plot.valToPos(axis.value(row[field]), "y", true)];
  ctx.save();
  ctx.globalAlpha = ALPHA;
  ctx.lineWidth = 1.75 * devicePixelRatio;
  lists.forEach((rows, index) => {
    ctx.strokeStyle = colours.players[slots[index]];
    ctx.setLineDash(DASHES[slots[index]].map((length) => length * devicePixelRatio));
    ctx.beginPath();
    for (const [start, end] of distantPairs(rows, field, interval)) {
      ctx.moveTo(...place(start));
      ctx.lineTo(...place(end));
    }
    ctx.stroke();
  });
  ctx.restore();
}

// Whether a line in the window has a faded part.
export const hasDistant = ({ lists, metrics, interval }, { from, to }) =>
  lists.some((rows) =>
    metrics.some(({ field }) => distantPairs(rows, field, interval).some(([start, end]) => start.at < to && end.at > from)),
  );
