// Two charts with one time axis: pp above, rank below. They draw, and tell which window was dragged and what is
// pointed at.

import uPlot from "../../vendor/uplot/uplot.js";
import { colour } from "../ask.js";
import { listenToFingers } from "./fingers.js";
import { ppLabels, ppRange, rankLabels, rankRange, rankSplits, TIME_STEPS, timeLabels } from "./scales.js";

const SMALLEST_DRAG_PX = 8;
const COLOURS = ["--accent", "--second"];
const METRICS = [
  { of: ({ pp }) => pp, range: ppRange, values: ppLabels, height: 260, fill: true },
  {
    of: ({ globalRank }) => (globalRank == null ? null : Math.log10(globalRank)),
    range: rankRange,
    values: rankLabels,
    splits: rankSplits,
    height: 200,
    best: -1,
  },
];

export class Charts {
  // `places` are two elements; `dragged(from, to)` and `pointed(at)` get milliseconds, the latter null when nothing is.
  constructor(places, { dragged, pointed, reset }) {
    Object.assign(this, { places, dragged, pointed, reset, plots: [], lists: [] });
    this.colours = readColours();
    this.observer = new ResizeObserver(() => this.resize());
    places.forEach((place) => this.observer.observe(place));
    document.documentElement.addEventListener("theme", () => this.recolour());
  }

  // Draw these lists of rows, one for each player, from `from` to `to`.
  show(lists, { from, to }) {
    this.room = roomBeside(lists);
    if (lists.length !== this.lists.length) this.build(lists.length);
    const changed = lists.some((rows, index) => rows !== this.lists[index]);
    this.lists = lists;
    this.window = { from, to };
    this.plots.forEach((plot, index) => {
      if (changed) plot.setData(joined(lists, METRICS[index].of), false);
      plot.setScale("x", { min: from / 1000, max: to / 1000 });
    });
  }

  // Where the points of the window are, in milliseconds.
  points() {
    const { from, to } = this.window;
    return this.plots[0].data[0].map((at) => at * 1000).filter((at) => at >= from && at <= to);
  }

  // Show the cursor there; and a selection from `anchor` to there.
  point(at, anchor = null) {
    for (const plot of this.plots) {
      const left = plot.valToPos(at / 1000, "x");
      plot.setCursor({ left, top: plot.over.clientHeight / 2 });
      this.mark(plot, anchor == null ? left : plot.valToPos(anchor / 1000, "x"), left);
    }
  }

  unpoint() {
    for (const plot of this.plots) {
      plot.setCursor({ left: -10, top: -10 });
      this.mark(plot, 0, 0);
    }
  }

  mark(plot, one, other) {
    const [left, right] = [Math.max(0, Math.min(one, other)), Math.min(plot.over.clientWidth, Math.max(one, other))];
    plot.setSelect({ left, top: 0, width: right - left, height: plot.over.clientHeight }, false);
  }

  build(count) {
    this.plots.forEach((plot) => plot.destroy());
    this.plots = METRICS.map(
      (metric, index) => new uPlot(this.options(metric, index, count), empty(count), this.places[index]),
    );
    this.plots.forEach((plot) => listenToFingers(plot, this));
  }

  options(metric, index, players) {
    const axis = {
      stroke: () => this.colours.soft,
      grid: this.lines(1),
      ticks: { show: false },
      font: this.colours.font,
    };
    return {
      width: this.places[index].clientWidth || 300,
      height: metric.height,
      legend: { show: false },
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), "UTC"),
      padding: [12, 18, 0, 0],
      cursor: {
        sync: { key: "player", setSeries: false },
        drag: { x: true, y: false, setScale: false, dist: SMALLEST_DRAG_PX },
        y: false,
        points: {
          size: 9,
          width: 2,
          fill: () => this.colours.raised,
          stroke: (_, series) => this.colours.players[series - 1],
        },
        bind: { dblclick: () => () => this.reset() },
      },
      scales: {
        x: { time: true, range: (_, min, max) => [min, max] },
        y: { range: metric.range, dir: metric.best ?? 1 },
      },
      axes: [
        { ...axis, values: timeLabels, incrs: TIME_STEPS, space: 58, size: roomFor },
        { ...axis, values: metric.values, splits: metric.splits, size: () => this.room, space: 36 },
      ],
      series: [{}, ...Array.from({ length: players }, (_, player) => this.line(player, metric.fill && players === 1))],
      hooks: { setSelect: [(plot) => this.selected(plot)], setCursor: [(plot) => this.moved(plot)] },
    };
  }

  line(player, filled) {
    return {
      stroke: () => this.colours.players[player],
      width: 1.75,
      pxAlign: 0,
      dash: player ? [7, 4] : undefined,
      fill: filled ? (plot) => this.shade(plot) : undefined,
      points: { size: 6, fill: () => this.colours.players[player] },
    };
  }

  // From the line's colour down to nothing.
  shade(plot) {
    const { top, height } = plot.bbox;
    const shade = plot.ctx.createLinearGradient(0, top, 0, top + height);
    shade.addColorStop(0, this.colours.shade[0]);
    shade.addColorStop(1, this.colours.shade[1]);
    return shade;
  }

  lines(width) {
    return { stroke: () => this.colours.line, width };
  }

  selected(plot) {
    const { left, width } = plot.select;
    if (width < SMALLEST_DRAG_PX) return;
    const [from, to] = [left, left + width].map((at) => plot.posToVal(at, "x") * 1000);
    this.plots.forEach((each) => this.mark(each, 0, 0));
    this.dragged(from, to);
  }

  moved(plot) {
    if (plot !== this.plots[0]) return;
    const { idx, left } = plot.cursor;
    this.pointed(idx == null || left < 0 ? null : plot.data[0][idx] * 1000);
  }

  resize() {
    this.plots.forEach((plot, index) => {
      const width = this.places[index].clientWidth;
      if (width && width !== plot.width) plot.setSize({ width, height: METRICS[index].height });
    });
  }

  recolour() {
    this.colours = readColours();
    this.plots.forEach((plot) => plot.redraw(false));
  }
}

function readColours() {
  const players = COLOURS.map(colour);
  const [red, green, blue] = players[0].match(/[\d.]+/g);
  return {
    players,
    shade: [`rgba(${red}, ${green}, ${blue}, 0.28)`, `rgba(${red}, ${green}, ${blue}, 0.02)`],
    soft: colour("--ink-soft"),
    line: colour("--line"),
    raised: colour("--raised"),
    font: `12px ${getComputedStyle(document.body).fontFamily}`,
  };
}

// One list of moments for all players. Where one has no snapshot its line goes on; where there is no rank it breaks.
function joined(lists, of) {
  const tables = lists.map((rows) => [rows.map(({ at }) => at / 1000), rows.map(of)]);
  return tables.length === 1 ? tables[0] : uPlot.join(tables);
}

// Below the axis, for labels of one line or of two.
const roomFor = (_, labels) => (labels?.some((label) => label?.includes("\n")) ? 42 : 28);

// Before the axes, the same for both: ranks may have seven digits.
const roomBeside = (lists) => (lists.some((rows) => rows.some(({ globalRank }) => globalRank >= 1_000_000)) ? 84 : 70);

const empty = (count) => Array.from({ length: count + 1 }, () => []);
