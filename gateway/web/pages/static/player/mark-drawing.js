// Draws events on a chart. The canvas has device pixels.

import { drawDistant } from "./distant.js";
import { Labels } from "./mark-labels.js";
import { rowAt } from "./series.js";

const FLAG_PX = 14;
const POINT_PX = 2;
const LABEL_GAP_PX = 5;
const MIN_BAND_PX = 3;
const MONTH = new Intl.DateTimeFormat("en", { month: "short", year: "numeric", timeZone: "UTC" });

// Hooks of uPlot for the chart of a metric. `charts` has `marks`, `lists`, `window` and `colours`.
export function markHooks(charts, metric) {
  const affected = ["pp", "globalRank"].includes(metric.field);
  return {
    drawClear: [(plot) => affected && clipped(plot, () => drawBands(plot, charts))],
    draw: [
      (plot) =>
        clipped(plot, () => {
          drawDistant(plot, charts, metric);
          if (metric.field === "pp") drawPlays(plot, charts);
          const labels = new Labels(plot, charts);
          plot.data.slice(1).forEach((values) => labels.keepLineFree(linePoints(plot, values)));
          drawFlags(plot, charts, metric, labels);
          if (affected) drawBandLabels(plot, charts, labels);
        }),
    ],
  };
}

// The range of the axis of hiscores, or null without any. They lie below the line of the player's pp.
export function playsRange({ marks, window }) {
  const values = (marks?.plays ?? []).filter(({ at }) => at >= window.from && at <= window.to).map(({ pp }) => pp);
  if (!values.length) return [null, null];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const space = Math.max(1, most - least);
  return [Math.max(0, least - space * 0.08), most + space * 0.5];
}

function clipped({ ctx, bbox }, draw) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw();
  ctx.restore();
}

// The points of a line in device pixels.
function linePoints(plot, values) {
  return plot.data[0].flatMap((at, index) =>
    values[index] == null ? [] : [[plot.valToPos(at, "x", true), plot.valToPos(values[index], "y", true)]],
  );
}

function drawBands(plot, { marks, colours }) {
  const { ctx, bbox } = plot;
  ctx.fillStyle = colours.rework;
  for (const { left, width } of marks.reworks.map((rework) => band(plot, rework))) {
    ctx.fillRect(left, bbox.top, width, bbox.height);
  }
}

function band(plot, { from, to }) {
  const [start, end] = [from, to].map((at) => plot.valToPos(at / 1000, "x", true));
  const width = Math.max(MIN_BAND_PX * devicePixelRatio, end - start);
  return { left: start, width };
}

// Next to the range, at the bottom of the chart, and not across another one.
function drawBandLabels(plot, { marks, colours }, labels) {
  const { top, height } = plot.bbox;
  const bottom = top + height - LABEL_GAP_PX * devicePixelRatio;
  const bands = marks.reworks.map((rework) => ({ rework, ...band(plot, rework) }));
  for (const { left, width } of bands) labels.keepFree({ left, right: left + width, top, bottom: top + height });
  for (const { rework, left, width } of bands) {
    const [x, month] = [left + width + LABEL_GAP_PX * devicePixelRatio, MONTH.format(rework.from)];
    labels.put(`Rework ${month}`, x, bottom, colours.muted) || labels.put(month, x, bottom, colours.muted);
  }
}

function drawPlays(plot, { marks, colours }) {
  const { ctx } = plot;
  if (plot.scales.play.min == null) return;
  ctx.fillStyle = colours.play;
  ctx.globalAlpha = 0.55;
  for (const { at, pp } of marks.plays) {
    ctx.beginPath();
    const [x, y] = [plot.valToPos(at / 1000, "x", true), plot.valToPos(pp, "play", true)];
    ctx.arc(x, y, POINT_PX * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.globalAlpha = 1;
}

// On the line of the first player. The highest flags get their labels first (of several at one place the last
// milestone), and no label covers a flag.
function drawFlags(plot, { marks, lists, colours }, metric, labels) {
  const flags = marks.flags.map((flag) => placedFlag(plot, flag, lists[0], metric)).filter(Boolean);
  flags.reverse().sort((one, other) => one.top - other.top);
  for (const { x, top, size } of flags) {
    drawFlag(plot.ctx, x, top, size, colours.flag);
    labels.keepFree({ left: x, right: x + size / 2, top, bottom: top + size });
  }
  for (const { text, x, top, size } of flags) putFlagLabel(labels, text, { x, top, size }, colours.flag);
}

// The place of a flag on the line, or null if it is not in this chart.
function placedFlag(plot, { at, field, text }, rows, metric) {
  const value = field === metric.field ? rowAt(rows, at)?.[field] : null;
  if (value == null) return null;
  const [x, y] = [plot.valToPos(at / 1000, "x", true), plot.valToPos(metric.axis.value(value), "y", true)];
  const size = FLAG_PX * devicePixelRatio;
  return { text, x, size, top: Math.max(y - size, plot.bbox.top) };
}

// The label is on the left of the flag, where a rising line is below it, or else on the right.
function putFlagLabel(labels, text, { x, top, size }, colour) {
  const [baseline, right] = [top + size / 2, x + size / 2 + LABEL_GAP_PX * devicePixelRatio];
  labels.put(text, x - labels.width(text), baseline, colour) || labels.put(text, right, baseline, colour);
}

function drawFlag(ctx, x, top, size, colour) {
  ctx.fillStyle = ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, top + size);
  ctx.lineTo(x, top);
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x + size / 2, top + size / 4);
  ctx.lineTo(x, top + size / 2);
  ctx.fill();
}
