// Draws events on a chart. The canvas has device pixels.

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
          if (metric.field === "pp") drawPlays(plot, charts);
          const labels = new Labels(plot, charts);
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

// Next to the range, at the bottom of the chart.
function drawBandLabels(plot, { marks, colours }, labels) {
  const bottom = plot.bbox.top + plot.bbox.height - LABEL_GAP_PX * devicePixelRatio;
  for (const rework of marks.reworks) {
    const { left, width } = band(plot, rework);
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

// On the line of the first player; the newest flags get their labels first.
function drawFlags(plot, { marks, lists, colours }, metric, labels) {
  for (const { at, field, text } of [...marks.flags].reverse()) {
    const value = field === metric.field ? rowAt(lists[0], at)?.[field] : null;
    if (value == null) continue;
    const [x, y] = [plot.valToPos(at / 1000, "x", true), plot.valToPos(metric.axis.value(value), "y", true)];
    drawFlag(plot, x, y, text, colours.flag, labels);
  }
}

// The label is on the left of the flag, where a rising line is below it, or else on the right.
function drawFlag({ ctx, bbox }, x, y, text, colour, labels) {
  const size = FLAG_PX * devicePixelRatio;
  const top = Math.max(y - size, bbox.top);
  const [baseline, right] = [top + size / 2, x + size / 2 + LABEL_GAP_PX * devicePixelRatio];
  labels.put(text, x - labels.width(text), baseline, colour) || labels.put(text, right, baseline, colour);
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

// Labels that do not overlap each other, nor leave the chart.
class Labels {
  constructor({ ctx, bbox }, { font, colours }) {
    Object.assign(this, { ctx, bbox, colours, boxes: [], height: 11 * devicePixelRatio });
    ctx.font = `${this.height}px ${font}`;
    ctx.textAlign = "left";
    ctx.lineJoin = "round";
  }

  // Writes a label that begins at `x`, if there is space; returns whether there was.
  put(text, x, y, colour) {
    const box = { left: x, right: x + this.width(text), top: y - this.height, bottom: y };
    const overlaps = this.boxes.some(
      (each) => each.left < box.right && box.left < each.right && each.top < box.bottom && box.top < each.bottom,
    );
    const { left, width } = this.bbox;
    if (overlaps || box.left < left || box.right > left + width) return false;
    this.boxes.push(box);
    this.write(text, x, y, colour);
    return true;
  }

  // With an outline, so that it can be read over lines.
  write(text, x, y, colour) {
    const { ctx, colours } = this;
    ctx.strokeStyle = colours.surface;
    ctx.lineWidth = 3 * devicePixelRatio;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = colour;
    ctx.fillText(text, x, y);
  }

  width(text) {
    return this.ctx.measureText(text).width + LABEL_GAP_PX * devicePixelRatio;
  }
}
