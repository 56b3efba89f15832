// The snapshots drawn in the charts: a player's whole history by week, and a finer interval within a window.

import { DAY_MS } from "./windows.js";

const WEEKLY_FROM_DAYS = 3 * 365;
const DAILY_FROM_DAYS = 200;

// The interval for a window if none is chosen: a chart shows a few hundred points well.
export function defaultInterval(from, to) {
  const days = (to - from) / DAY_MS;
  return days > WEEKLY_FROM_DAYS ? "week" : days > DAILY_FROM_DAYS ? "day" : "all";
}

export class Series {
  // `stats` has the last snapshot of each week; `fetchRows({from, to, every}, signal)` loads finer ones.
  constructor(name, { earliest, snapshots }, fetchRows) {
    this.name = name;
    const first = snapshots[0]?.at === earliest?.at ? [] : [earliest];
    this.weekly = [...first, ...snapshots].map(toRow);
    this.fetchRows = fetchRows;
    this.loaded = new Map();
  }

  get first() {
    return this.weekly[0]?.at;
  }

  get last() {
    return this.weekly.at(-1)?.at;
  }

  // The rows loaded for a view. Weekly rows continue outside of its window, so that lines do not end at the edge.
  rows(view) {
    const detail = this.loaded.get(keyOf(view));
    if (!detail) return this.weekly;
    const { from, to } = view;
    return [
      ...(from == null ? [] : this.weekly.filter(({ at }) => at < from)),
      ...detail,
      ...(to == null ? [] : this.weekly.filter(({ at }) => at >= to)),
    ];
  }

  has(view) {
    return view.every === "week" || this.loaded.has(keyOf(view));
  }

  async load(view, signal) {
    if (this.has(view)) return;
    this.loaded.set(keyOf(view), (await this.fetchRows(view, signal)).map(toRow));
  }
}

// The last row at or before this instant, or undefined.
export function rowAt(rows, at) {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  return rows[low - 1];
}

const toRow = (snapshot) => ({ ...snapshot, instant: snapshot.at, at: Date.parse(snapshot.at) });
const keyOf = ({ from, to, every }) => `${from} ${to} ${every}`;
