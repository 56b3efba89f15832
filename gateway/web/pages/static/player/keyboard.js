// Keyboard control of the charts: move between snapshots and hiscores, select, zoom. Each is announced.

import { announce } from "../shared/elements.js";
import { dateTime } from "../shared/format.js";
import { plainTexts } from "./marks.js";
import { readingsOf } from "./reading.js";
import { eventsAt, readouts } from "./readouts.js";

const PAGE_STEP = 10;

// Handles keys while `target` has the focus; they act on `progress`.
export function listenForKeys(target, progress) {
  let at = null;
  let anchor = null;
  const clear = () => {
    at = anchor = null;
    progress.charts.cursor.clear();
  };

  function moveTo(readings, index, selecting) {
    const next = readings[Math.max(0, Math.min(readings.length - 1, index))];
    anchor = selecting ? (anchor ?? at ?? next.at) : null;
    at = next.at;
    progress.charts.cursor.show(next, anchor);
    announce(description(progress, next));
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
    const readings = readingsOf(progress);
    const current = at == null ? readings.length : readings.findIndex((each) => each.at === at);
    const targets = {
      ArrowLeft: current - 1,
      ArrowRight: current + 1,
      PageUp: current - PAGE_STEP,
      PageDown: current + PAGE_STEP,
      Home: 0,
      End: readings.length - 1,
    };
    if (event.key in targets && readings.length) moveTo(readings, targets[event.key], event.shiftKey);
    else if (event.key in actions) {
      actions[event.key]();
      clear();
    } else return;
    event.preventDefault();
  });
  target.addEventListener("blur", clear);
}

function description(progress, reading) {
  const { players } = progress;
  const values = readouts(progress, reading.at, ", ").map((text, index) => (players.length > 1 ? `${players[index].name} ${text}` : text));
  return `${dateTime(reading.at)}: ${[...values, ...plainTexts(eventsAt(progress, reading))].join("; ")}`;
}
