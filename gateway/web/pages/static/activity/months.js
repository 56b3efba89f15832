// Gains of months as a table with bars.

import { reworksOf } from "../player/reworks.js";
import { el, externalLink, visuallyHidden } from "../shared/elements.js";
import { count, day, decimal, signed } from "../shared/format.js";
import { DAY_MS } from "../shared/windows.js";
import { monthOf } from "./periods.js";

const titles = new Intl.DateTimeFormat("en", { month: "short", year: "numeric", timeZone: "UTC" });
const SERIES = [
  ["pp", ({ pp }) => pp, (value) => signed(value, decimal)],
  ["Ranks", ({ ranksGained }) => ranksGained, (value) => signed(value)],
];

const includesOthers = ({ start, end }) => monthOf(start.at) < monthOf(monthOf(end.at) - DAY_MS);

// The gain of the month with the most plays, or undefined. Gains that include other months do not count.
export const busiestMonth = (gains) =>
  gains
    .filter((gain) => gain.delta.playCount > 0 && !includesOthers(gain))
    .reduce((most, gain) => (most && most.delta.playCount >= gain.delta.playCount ? most : gain), undefined);

// The rework of pp during the month that begins then, or undefined.
export const reworkOf = (month, mode) =>
  reworksOf(mode).find(({ from, to }) => monthOf(from) <= month && month <= monthOf(to));

// A table of the months up to `to`, not included. It begins with the first of the `gains`, which are those of months.
export function monthTable(gains, to, mode) {
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
        months.map((at) => row(at, byMonth.get(at), most, reworkOf(at, mode))),
      ),
    ),
  );
}

function row(at, gain, most, rework) {
  const title = el("th", { scope: "row" }, titles.format(at));
  if (rework) title.append(el("small", {}, externalLink(rework.source, "pp rework")));
  if (!gain) return el("tr", { class: "muted" }, title, el("td", { colspan: 3, class: "number" }, "No snapshots"));
  const { start, delta } = gain;
  // The gain includes months without snapshots.
  if (includesOthers(gain)) title.append(el("small", {}, `since ${day(start.at)}`));
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
