// Changes since the start of the window, in place of the values: each line begins at 0.

import { day, decimal, rankDelta, signed } from "../shared/format.js";
import { sinceText } from "../shared/windows.js";
import { valuesOf } from "./captions.js";
import { changeAxis } from "./change-axis.js";
import { METRICS } from "./metrics.js";
import { RANK_AXIS } from "./scales.js";
import { rowAt } from "./series.js";

const levels = (amount) => `${decimal(amount)} levels`;
const FORMATS = { level: [levels, decimal] };

// The series of the charts in their form for changes, by name.
export const CHANGE_METRICS = Object.fromEntries(
  Object.entries(METRICS).map(([name, metric]) => [name, changeMetric(metric, ...(FORMATS[name] ?? [metric.format, metric.exact]))]),
);

// As elsewhere on the page.
function ranksGained(change) {
  return change == null ? "–" : `${rankDelta(change.start - change.end)} ranks`;
}

function changeMetric(metric, format, exact) {
  const axis = changeAxis(metric.axis);
  if (metric.axis === RANK_AXIS) return { ...metric, axis, format: ranksGained, exact: ranksGained };
  const written = (write) => (change) => (change == null ? "–" : signed(change.end - change.start, write));
  return { ...metric, axis, format: written(format), exact: written(exact) };
}

// The rows from the start of the window on, with changes as values. `ends` are the snapshots at its start and its end,
// undefined if unknown: the values of the last one shortly before the window are still those at its start. Otherwise the
// changes begin at the first snapshot in the window.
export function changesOf(rows, ends, fields, window) {
  const { from, to } = window;
  const first = ends?.start ?? firstOf(rows, window);
  if (!first || first.at > to) return [];
  const begun = Math.max(first.at, from);
  const shown = [{ ...first, at: begun }, ...withRow(rows, ends?.end).filter(({ at }) => at > begun)];
  const bases = fields.map((field) => [field, shown.find((row) => row[field] != null)?.[field]]);
  const changes = (row) => bases.map(([field, base]) => [field, row[field] == null ? null : { start: base, end: row[field] }]);
  return shown.map((row) => ({ ...row, ...Object.fromEntries(changes(row)) }));
}

function firstOf(rows, window) {
  const before = rowAt(rows, window.from);
  const isNear = before && !sinceText({ start: { at: before.instant } }, window);
  return isNear ? before : rows.find(({ at }) => at >= window.from);
}

// Rows of weeks may lack the last snapshot of the window.
function withRow(rows, row) {
  if (!row || rowAt(rows, row.at)?.at === row.at) return rows;
  return [...rows.filter(({ at }) => at < row.at), row, ...rows.filter(({ at }) => at > row.at)];
}

// Of a line that begins far from the start of the window, the day.
export const sinceNote = (rows, window) => rows.length > 0 && sinceText({ start: { at: rows[0].instant } }, window);

export function changeNote(rows, window) {
  const since = sinceNote(rows, window);
  return since ? ` (${since})` : "";
}

// The title of a chart of these lines. `from` is null in the whole history. A single line can begin later.
export function changeTitle({ title }, lists, { from, to }) {
  const [[first] = []] = lists;
  const isLater = from != null && lists.length === 1 && first && sinceText({ start: { at: first.instant } }, { from, to });
  return `${title}, change ${isLater || `since ${from == null ? "the first snapshot" : day(from)}`}`;
}

// The changes of a player in the window.
export const changeCaption = (name, rows, metrics, window) =>
  `${name}: ${rows.length ? valuesOf(rows.at(-1), metrics).join(" and ") + changeNote(rows, window) : NO_CHANGES}.`;
export const NO_CHANGES = "no snapshots in this range";
