// Two charts with one time axis, of a series each. They draw rows, and report selections and the cursor.

import uPlot from "../../vendor/uplot/uplot.js";
import { DASHES, readColours } from "./colours.js";
import { Cursor } from "./cursor.js";
import { distantPairs, withDistantGaps } from "./distant.js";
import { markHooks, playsRange } from "./mark-drawing.js";
import { extremes, ppLabels, TIME_STEPS, timeLabels } from "./scales.js";
import { listenForTouch } from "./touch.js";

const MIN_DRAG_PX = 8;
// The width inside of a card on A4 paper.
const PRINT_WIDTH_PX = 680;
const HEIGHTS = [260, 200];
// Ranks of several players are far apart.
const COMPARED_HEIGHT = 280;
const PLAYS_AXIS_PX = 62;
// The last label of the time axis ends outside of the plot.
const HALF_LABEL_PX = 24;
// The lowest label of the value axis is beside the first one of the time axis.
const LABEL_GAP_PX = 9;

export class Charts {
  // `containers` are two elements. `onSelect(from, to)` gets milliseconds, `onRead(reading)` that of the cursor.
  constructor(containers, { onSelect, onRead, onReset }) {
    Object.assign(this, { containers, onSelect, onReset, plots: [], lists: [], slots: [], metrics: [] });
    this.cursor = new Cursor(this, onRead);
    this.colours = readColours();
    this.font = getComputedStyle(document.body).fontFamily;
    this.observer = new ResizeObserver(() => this.resize());
    containers.forEach((container) => this.observer.observe(container));
    document.documentElement.addEventListener("theme", () => this.recolour());
    addEventListener("beforeprint", () => this.resize(PRINT_WIDTH_PX));
    addEventListener("afterprint", () => this.resize());
  }

  // Draws lists of rows, one for each player, from `from` to `to`. `slots` are the numbers of the players' lines,
  // `metrics` the series of the upper and the lower chart, `marks` the events in them, `interval` that of the rows.
  show({ lists, slots, metrics, marks, interval, isCompared }, { from, to }) {
    this.isCompared = isCompared;
    this.axisWidth = axisWidth(lists, metrics);
    const rebuilt = `${slots}` !== `${this.slots}` || metrics.some((each, index) => each !== this.metrics[index]);
    if (rebuilt) this.build(slots, metrics);
    const isMoved = rebuilt || from !== this.window.from || to !== this.window.to;
    const changed = rebuilt || interval !== this.interval || lists.some((rows, index) => rows !== this.lists[index]);
    Object.assign(this, { lists, slots, metrics, marks, interval, window: { from, to } });
    this.plots.forEach((plot, index) => {
      if (changed) plot.setData(joinRows(lists, metrics[index]), false);
      plot.batch(() => {
        const [min, max] = playsRange(this);
        plot.setScale("play", { min, max });
        plot.setScale("x", { min: from / 1000, max: to / 1000 });
      });
    });
    // The cursor stays at its place on the screen, which is another instant now.
    if (isMoved) this.cursor.clear();
  }

  // The instants of the points in the window, in milliseconds.
  points() {
    const { from, to } = this.window;
    return this.plots[0].data[0].map((at) => at * 1000).filter((at) => at >= from && at <= to);
  }

  // The hiscores drawn in a chart.
  playsOf(plot) {
    const { field } = this.metrics[this.plots.indexOf(plot)] ?? {};
    return field === "pp" && plot.scales.play.min != null ? this.marks.plays : [];
  }

  mark(plot, one, other) {
    const [left, right] = [Math.max(0, Math.min(one, other)), Math.min(plot.over.clientWidth, Math.max(one, other))];
    plot.setSelect({ left, top: 0, width: right - left, height: plot.over.clientHeight }, false);
  }

  build(slots, metrics) {
    this.plots.forEach((plot) => plot.destroy());
    // In comparisons, no hiscores are drawn.
    this.hasPlays = slots.length === 1 && metrics.some(({ field }) => field === "pp");
    this.plots = metrics.map(
      (metric, index) => new uPlot(this.options(metric, index, slots), empty(slots), this.containers[index]),
    );
    this.plots.forEach((plot) => listenForTouch(plot, this));
  }

  options(metric, index, slots) {
    const { axis: values } = metric;
    const axis = {
      stroke: () => this.colours.muted,
      grid: { stroke: () => this.colours.border, width: 1 },
      ticks: { show: false },
      font: `12px ${this.font}`,
    };
    return {
      width: this.containers[index].clientWidth || 300,
      height: this.heightOf(index),
      legend: { show: false },
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "UTC"),
      padding: [12, (plot) => this.rightPadding(plot, metric), 0, 0],
      cursor: { ...this.cursor.options(slots), drag: { x: true, y: false, setScale: false, dist: MIN_DRAG_PX } },
      scales: {
        x: { time: true, range: (_, min, max) => [min, max] },
        y: { range: (plot, ...ends) => values.range(plot, ...extremes(plot.data, this.window, ...ends)), dir: values.direction ?? 1 },
        play: { auto: false },
      },
      axes: [
        { ...axis, values: timeLabels, incrs: TIME_STEPS, space: 58, gap: LABEL_GAP_PX, size: axisHeight },
        { ...axis, ...ticks(values), size: () => this.axisWidth, space: 36 },
        ...(metric.field === "pp" ? [this.playsAxis(axis)] : []),
      ],
      series: [
        {},
        ...slots.map((slot, order) => this.seriesOptions(slot, order, metric, values.fill && slots.length === 1)),
      ],
      hooks: {
        setSelect: [(plot) => this.handleSelection(plot)],
        setCursor: [(plot) => this.cursor.follow(plot)],
        ...markHooks(this, metric),
      },
    };
  }

  // Both charts end at the same place, with and without the axis of hiscores.
  rightPadding({ scales }, { field }) {
    if (!this.hasPlays) return HALF_LABEL_PX;
    return field === "pp" && scales?.play?.min != null ? 0 : PLAYS_AXIS_PX;
  }

  // The pp of hiscores, on the right.
  playsAxis(axis) {
    return { ...axis, scale: "play", side: 1, stroke: () => this.colours.play, grid: { show: false }, size: PLAYS_AXIS_PX, values: ppLabels };
  }

  seriesOptions(slot, order, { field }, filled) {
    return {
      gaps: (plot, _, __, ___, gaps) => withDistantGaps(plot, gaps, distantPairs(this.lists[order] ?? [], field, this.interval)),
      stroke: () => this.colours.players[slot],
      width: 1.75,
      pxAlign: 0,
      dash: DASHES[slot],
      fill: filled ? (plot) => this.gradient(plot) : undefined,
      points: { size: 6, fill: () => this.colours.players[slot] },
    };
  }

  // A gradient from the line's colour to almost transparent.
  gradient(plot) {
    const { top, height } = plot.bbox;
    const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height);
    gradient.addColorStop(0, this.colours.fill[0]);
    gradient.addColorStop(1, this.colours.fill[1]);
    return gradient;
  }

  handleSelection(plot) {
    const { left, width } = plot.select;
    if (width < MIN_DRAG_PX) return;
    const [from, to] = [left, left + width].map((at) => plot.posToVal(at, "x") * 1000);
    this.cursor.clear();
    this.onSelect(from, to);
  }

  // `fixed` is a width that the containers will have.
  resize(fixed = null) {
    this.plots.forEach((plot, index) => {
      const width = fixed ?? this.containers[index].clientWidth;
      if (width && width !== plot.width) plot.setSize({ width, height: this.heightOf(index) });
    });
  }

  heightOf(index) {
    return this.isCompared ? COMPARED_HEIGHT : HEIGHTS[index];
  }

  recolour() {
    this.colours = readColours();
    this.plots.forEach((plot) => plot.redraw(false));
  }
}

// One list of instants for all players. A line continues over instants of other players, and breaks without a value.
function joinRows(lists, { field, axis }) {
  const value = (row) => (row[field] == null ? null : axis.value(row[field]));
  const tables = lists.map((rows) => [rows.map(({ at }) => at / 1000), rows.map(value)]);
  return tables.length === 1 ? tables[0] : uPlot.join(tables);
}

// The options of an axis that differ from uPlot's defaults.
const ticks = ({ values, splits, incrs }) => ({ values, ...(splits && { splits }), ...(incrs && { incrs }) });

// The height of the time axis, for labels of one or two lines.
const axisHeight = (_, labels) => (labels?.some((label) => label?.includes("\n")) ? 46 : 32);

// The width of the value axes, the same for both: ranks may have seven digits.
const axisWidth = (lists, metrics) =>
  lists.some((rows) => rows.some(({ globalRank }) => globalRank >= 1_000_000)) ? 84 : Math.max(...metrics.map(({ axis }) => axis.width ?? 70));

const empty = (slots) => [[], ...slots.map(() => [])];
