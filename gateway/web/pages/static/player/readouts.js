// The values of each player at an instant: those of the last snapshot until then, with its day if that is another one.

import { day } from "../shared/format.js";
import { PERIODS_MS, valuesOf } from "./captions.js";
import { NO_CHANGES, sinceNote } from "./change.js";
import { textsAt } from "./marks.js";
import { rowAt } from "./series.js";

// The text of each player at an instant, or of the latest snapshot in the window if it is null.
export function readouts(progress, at, separator) {
  const { players, lists, metrics, window } = progress;
  return players.map((player, index) => {
    const row = rowAt(lists[index], at ?? window.to);
    if (!row) return absence(progress, index, at ?? window.to);
    return valuesOf(row, metrics).join(separator) + noteOf(row, lists[index], progress, at);
  });
}

function noteOf(row, rows, { hasChanges, window }, at) {
  const isOther = at == null ? row.at < window.from : day(row.at) !== day(at);
  const isStart = isOther && row === rows[0];
  const notes = [isOther && day(row.instant), hasChanges && !isStart && sinceNote(rows, window)].filter(Boolean);
  return notes.length ? ` (${notes.join(", ")})` : "";
}

// Changes begin at the first snapshot of a range. Without any values, their request has failed.
function absence({ players, lists, hasChanges }, index, at) {
  const [first] = lists[index];
  if (hasChanges && !first) return NO_CHANGES;
  if (at < players[index].first) return "not tracked yet";
  return first ? `no snapshot in range before ${day(first.instant)}` : "not loaded";
}

// The events at a reading, each as a list of texts and links. At a hiscore, they are that one and the rework of its day.
export function eventsAt({ marks, window, shownInterval }, { at, play }) {
  return textsAt(play ? { ...marks, flags: [], plays: [play] } : marks, at, window, PERIODS_MS[shownInterval]);
}
