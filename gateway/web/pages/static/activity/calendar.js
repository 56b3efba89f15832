// Days as a calendar in SVG: a column for each week, from Monday on.

import { svg } from "../shared/elements.js";
import { DAY_MS } from "../shared/windows.js";
import { levelOf } from "./days.js";

const PITCH = 14;
const CELL = 11;
const LEFT = 33;
const TOP = 18;
const HALF_YEAR = 27;
const WEEKDAYS = [
  [0, "Mon"],
  [2, "Wed"],
  [4, "Fri"],
];
const months = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" });

const rowOf = (at) => (new Date(at).getUTCDay() + 6) % 7;

// `columns` is the width in weeks. Rectangles have `data-day`, an index that begins at `offset`.
export function calendar(days, { ends, offset, columns }) {
  const root = svg("svg", { viewBox: `0 0 ${LEFT + columns * PITCH} ${TOP + 7 * PITCH}`, "aria-hidden": "true" });
  if (!days.length) return root; // the second half of a year that has just begun keeps its place
  const start = days[0].at - rowOf(days[0].at) * DAY_MS;
  const columnOf = (at) => Math.floor((at - start) / DAY_MS / 7);
  root.append(...WEEKDAYS.map(([row, text]) => label(0, TOP + row * PITCH + 9, text)));
  root.append(...monthLabels(days, columnOf));
  root.append(...days.map((day, index) => cell(day, columnOf(day.at), levelOf(day, ends), offset + index)));
  return root;
}

// At least those of half a year, so that cells always have the same size.
export const columnsOf = (days) =>
  Math.max(HALF_YEAR, ...(days.length ? [Math.ceil((rowOf(days[0].at) + days.length) / 7)] : []));

// Above the week that has the month's first day.
function monthLabels(days, columnOf) {
  const first = days.filter(({ at }) => new Date(at).getUTCDate() === 1);
  return first.map(({ at }) => label(LEFT + columnOf(at) * PITCH, 11, months.format(at)));
}

function cell(day, column, level, index) {
  const kind = day.plays == null ? "unknown" : day.estimated ? `estimated level-${level}` : `level-${level}`;
  // An estimated day is a small square, a day without data a dot.
  const inset = day.plays == null ? 4 : day.estimated ? 2 : 0;
  return svg("rect", {
    class: `day ${kind}`,
    "data-day": index,
    x: LEFT + column * PITCH + inset,
    y: TOP + rowOf(day.at) * PITCH + inset,
    width: CELL - 2 * inset,
    height: CELL - 2 * inset,
    rx: day.plays == null ? 1.5 : 2,
  });
}

function label(x, y, text) {
  const element = svg("text", { x, y });
  element.textContent = text;
  return element;
}
