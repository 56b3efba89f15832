// Gains of months as a table with bars.

import { el, visuallyHidden } from "../shared/elements.js";
import { count, day, decimal, signed } from "../shared/format.js";
import { DAY_MS } from "../player/windows.js";

const titles = new Intl.DateTimeFormat("en", { month: "short", year: "numeric", timeZone: "UTC" });
const SERIES = [
  ["pp", ({ pp }) => pp, (value) => signed(value, decimal)],
  ["Ranks", ({ ranksGained }) => ranksGained, (value) => signed(value)],
];

const monthOf = (at) => Date.UTC(new Date(at).getUTCFullYear(), new Date(at).getUTCMonth());

// A table of the months up to `to`, not included. It begins with the first of the `gains`, which are those of months.
export function monthTable(gains, to) {
  if (!gains.length) return el("p", { class: "muted" }, "No month has two snapshots to compare.");
  const byMonth = new Map(gains.map((gain) => [monthOf(gain.end.at), gain]));
  const most = SERIES.map(([, value]) => Math.max(0, ...gains.map(({ delta }) => Math.abs(value(delta) ?? 0))));
  const months = [];
  for (let at = monthOf(gains[0].end.at); at < to; at = monthOf(at + 32 * DAY_MS)) months.push(at);
  const head = ["Month", "Plays", "pp gained", "Ranks gained"].map((text, index) =>
    el("th", { scope: "col", class: index ? "number" : null }, text),
  );
  return el(
    "div",
    { class: "scroll-x", tabindex: "0", role: "region", "aria-label": "Gains of months" },
    el(
      "table",
      { class: "months" },
      el("thead", {}, el("tr", {}, head)),
      el(
        "tbody",
        {},
        months.map((at) => row(at, byMonth.get(at), most)),
      ),
    ),
  );
}

function row(at, gain, most) {
  const title = el("th", { scope: "row" }, titles.format(at));
  if (!gain) return el("tr", { class: "muted" }, title, el("td", { colspan: 3, class: "number" }, "No snapshots"));
  const { start, delta } = gain;
  // The gain includes months without snapshots.
  if (monthOf(start.at) < monthOf(at - DAY_MS)) title.append(el("small", {}, `since ${day(start.at)}`));
  const cells = SERIES.map(([name, value, format], index) => barCell(name, value(delta), format, most[index]));
  return el("tr", {}, title, el("td", { class: "number" }, signed(delta.playCount, count)), cells);
}

function barCell(name, value, format, most) {
  if (value == null) return el("td", { class: "number muted" }, "–", visuallyHidden(" unranked"));
  const bar = el("span", { class: `bar ${value < 0 ? "loss" : "gain"}`, "data-series": name });
  bar.style.width = `${(100 * Math.abs(value)) / (most || 1)}%`;
  return el(
    "td",
    {},
    el("span", { class: "bar-cell" }, el("span", { class: "bar-track" }, bar), el("span", {}, format(value))),
  );
}
