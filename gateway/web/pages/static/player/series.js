// The snapshots that a chart draws: a player's whole history by week, and within a window as fine as is wanted.

import { DAY_MS } from "./windows.js";

const WEEKLY_FROM_DAYS = 3 * 365;
const DAILY_FROM_DAYS = 200;

// How fine it is drawn when nobody has chosen: a chart has room for some hundred points.
export function fineness(from, to) {
  const days = (to - from) / DAY_MS;
  return days > WEEKLY_FROM_DAYS ? "week" : days > DAILY_FROM_DAYS ? "day" : "all";
}

export class Series {
  // `stats` has all of it, one snapshot a week, the last of each; `ask({from, to, every})` gets what is finer.
  constructor(name, { earliest, snapshots }, ask) {
    this.name = name;
    const begun = snapshots[0]?.at === earliest?.at ? [] : [earliest];
    this.weekly = [...begun, ...snapshots].map(row);
    this.ask = ask;
    this.held = new Map();
  }

  get first() {
    return this.weekly[0]?.at;
  }

  get last() {
    return this.weekly.at(-1)?.at;
  }

  // What there is for this view now. Beyond its window it goes on by week, so that lines do not end at the edge.
  rows(view) {
    const detail = this.held.get(keyOf(view));
    if (!detail) return this.weekly;
    const { from, to } = view;
    return [
      ...(from == null ? [] : this.weekly.filter(({ at }) => at < from)),
      ...detail,
      ...(to == null ? [] : this.weekly.filter(({ at }) => at >= to)),
    ];
  }

  has(view) {
    return view.every === "week" || this.held.has(keyOf(view));
  }

  async refine(view, signal) {
    if (this.has(view)) return;
    this.held.set(keyOf(view), (await this.ask(view, signal)).map(row));
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

const row = (snapshot) => ({ ...snapshot, instant: snapshot.at, at: Date.parse(snapshot.at) });
const keyOf = ({ from, to, every }) => `${from} ${to} ${every}`;
