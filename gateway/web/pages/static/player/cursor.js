// The cursor of the charts. Its line snaps to the instant that is read, and its markers to the snapshots that are read.

import { lastIndex, readingAt } from "./reading.js";

const MARKER = { size: 9, width: 2 };

export class Cursor {
  // `onRead(reading)` gets an instant `at` in milliseconds, with a `play` if it is that of a hiscore; null if the cursor
  // leaves.
  constructor(charts, onRead) {
    Object.assign(this, { charts, onRead, reading: null });
  }

  // The options of uPlot for the lines of the players in `slots`.
  options(slots) {
    const { charts } = this;
    return {
      // Without a height in the other chart: a hiscore is under the pointer only.
      sync: { key: "player", setSeries: false, match: [(one, other) => one === other, () => false] },
      y: false,
      points: {
        ...MARKER,
        fill: () => charts.colours.surface,
        stroke: (_, series) => charts.colours.players[slots[series - 1]],
      },
      bind: { dblclick: () => () => charts.onReset() },
      move: (plot, left, top) => this.move(plot, left, top),
      dataIdx: (plot, order, closest) => (order && this.reading ? lastIndex(plot.data, order, this.reading.at / 1000, closest) : closest),
    };
  }

  // Shows a reading of both charts, with a selection from `anchor` to it.
  show(reading, anchor = null) {
    this.reading = reading;
    for (const plot of this.charts.plots) {
      const left = Math.max(0, plot.valToPos(reading.at / 1000, "x"));
      plot.setCursor({ left, top: -1 });
      this.charts.mark(plot, anchor == null ? left : plot.valToPos(anchor / 1000, "x"), left);
    }
  }

  clear() {
    for (const plot of this.charts.plots) {
      plot.setCursor({ left: -10, top: -10 });
      this.charts.mark(plot, 0, 0);
    }
  }

  // Reads at the pointer. Without a height, the reading comes from the other chart or the keyboard.
  move(plot, left, top) {
    if (left < 0) this.reading = null;
    else if (top >= 0) this.reading = readingAt(plot, this.charts.playsOf(plot), { left, top });
    return [left, top];
  }

  // Moves the line from the pointer to the reading.
  follow(plot) {
    const { reading, charts } = this;
    const line = plot.over.querySelector(".u-cursor-x");
    if (reading) line.style.transform = `translate(${Math.round(plot.valToPos(reading.at / 1000, "x"))}px, 0)`;
    if (plot === charts.plots[0]) this.onRead(reading);
  }
}
