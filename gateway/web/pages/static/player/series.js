// The snapshots drawn in the charts: a player's whole history by week, and a finer interval within a window.

import { DAY_MS, gainOf, windowKey } from "../shared/windows.js";
import { changeEnds } from "./ends.js";
import { Plays } from "./plays.js";
import { plays, snapshots } from "./queries.js";

const WEEKLY_FROM_DAYS = 3 * 365;
const DAILY_FROM_DAYS = 200;
export const WEEKLY = { from: null, to: null, every: "week" };
const OVERVIEW_FIELDS = "globalRank pp";

// The interval for a window if none is chosen: a chart shows a few hundred points well.
export function defaultInterval(from, to) {
  const days = (to - from) / DAY_MS;
  return days > WEEKLY_FROM_DAYS ? "week" : days > DAILY_FROM_DAYS ? "day" : "all";
}

export class Series {
  // `stats` of a player in a mode has milestones, and the last snapshot of each week with pp and rank. `slot` is the
  // number of the player's line: 0 for the player of the page.
  constructor(name, stats, { id, mode }) {
    const fetchPlays = (...request) => plays(id, mode, ...request);
    Object.assign(this, { name, id, mode, slot: 0, milestones: stats.milestones ?? [], plays: new Plays(fetchPlays) });
    this.overview = withEarliest(stats);
    this.loaded = new Map([[keyOf(WEEKLY, OVERVIEW_FIELDS), this.overview]]);
    this.ends = new Map();
  }

  get first() {
    return this.overview[0]?.at;
  }

  get last() {
    return this.overview.at(-1)?.at;
  }

  // The rows loaded for a view. Weekly rows continue outside of its window, so that lines do not end at the edge.
  rows(view, fields) {
    const weekly = this.loaded.get(keyOf(WEEKLY, fields)) ?? [];
    const detail = this.loaded.get(keyOf(view, fields));
    if (!detail || view.every === "week") return weekly;
    const { from, to } = view;
    const start = Math.min(from, detail[0]?.at ?? from);
    return [
      ...(from == null ? [] : weekly.filter(({ at }) => at < start)),
      ...detail,
      ...(to == null ? [] : weekly.filter(({ at }) => at >= to)),
    ];
  }

  has(view, fields) {
    return this.loaded.has(keyOf(view.every === "week" ? WEEKLY : view, fields));
  }

  // The rows at the `start` and the `end` of the changes in a window, whose dates are in `shown`; null if there are
  // none, undefined before they are loaded.
  endsOf(view, fields, shown) {
    const gain = gainOf(this.ends.get(keyOf(view, fields)) ?? { gain: undefined }, shown);
    return gain && { start: toRow(gain.start), end: toRow(gain.end) };
  }

  hasEnds(view, fields) {
    return this.ends.has(keyOf(view, fields));
  }

  async loadEnds(view, fields, signal) {
    if (this.hasEnds(view, fields)) return;
    this.ends.set(keyOf(view, fields), await changeEnds(this.id, this.mode, view, fields, signal));
  }

  // Weekly rows first: they are few, and the charts show them meanwhile.
  async load(view, fields, signal) {
    for (const each of [WEEKLY, view]) {
      if (this.has(each, fields)) continue;
      const stats = await snapshots(this.id, this.mode, each, fields, signal);
      // Without the earliest one, changes since the first snapshot would depend on the interval.
      const isWhole = each.from == null && stats.snapshots.length > 0;
      this.loaded.set(keyOf(each, fields), isWhole ? withEarliest(stats) : stats.snapshots.map(toRow));
    }
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

function withEarliest({ earliest, snapshots }) {
  const first = snapshots[0]?.at === earliest?.at ? [] : [earliest];
  return [...first, ...snapshots].map(toRow);
}

const toRow = (snapshot) => ({ ...snapshot, instant: snapshot.at, at: Date.parse(snapshot.at) });
const keyOf = ({ every, ...window }, fields) => `${windowKey(window)} ${every} ${fields}`;
