// Keyboard control of the charts: move between points, select, zoom. Each point is announced.

import { announce } from "../shared/elements.js";
import { dateTime } from "../shared/format.js";
import { PERIODS_MS, valuesOf } from "./captions.js";
import { plainTexts, textsAt } from "./marks.js";
import { rowAt } from "./series.js";

const PAGE_STEP = 10;

// Handles keys while `target` has the focus; they act on `progress`.
export function listenForKeys(target, progress) {
  let at = null;
  let anchor = null;
  const clear = () => {
    at = anchor = null;
    progress.charts.clearCursor();
  };

  function moveTo(points, index, selecting) {
    const next = points[Math.max(0, Math.min(points.length - 1, index))];
    anchor = selecting ? (anchor ?? at ?? next) : null;
    at = next;
    progress.charts.setCursor(at, anchor);
    announce(description(progress, at));
  }

  const actions = {
    "+": () => progress.zoom(0.5, at ?? undefined),
    "=": () => progress.zoom(0.5, at ?? undefined),
    "-": () => progress.zoom(2, at ?? undefined),
    0: () => progress.choose({ from: null, to: null }),
    Enter: () => anchor != null && progress.charts.onSelect(Math.min(anchor, at), Math.max(anchor, at)),
    Escape: () => {},
  };

  target.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const points = progress.charts.points();
    const current = at == null ? points.length : points.indexOf(at);
    const targets = {
      ArrowLeft: current - 1,
      ArrowRight: current + 1,
      PageUp: current - PAGE_STEP,
      PageDown: current + PAGE_STEP,
      Home: 0,
      End: points.length - 1,
    };
    if (event.key in targets && points.length) moveTo(points, targets[event.key], event.shiftKey);
    else if (event.key in actions) {
      actions[event.key]();
      clear();
    } else return;
    event.preventDefault();
  });
  target.addEventListener("blur", clear);
}

function description({ players, lists, metrics, marks, window, shownInterval }, at) {
  const values = players.map(({ name }, index) => {
    const row = rowAt(lists[index], at);
    const value = row ? valuesOf(row, metrics).join(", ") : "not tracked yet";
    return players.length > 1 ? `${name} ${value}` : value;
  });
  return `${dateTime(at)}: ${[...values, ...plainTexts(textsAt(marks, at, window, PERIODS_MS[shownInterval]))].join("; ")}`;
}
