// Gains of months as a table with bars.

import { reworksOf } from "../player/reworks.js";
import { el, externalLink, visuallyHidden } from "../shared/elements.js";
import { count, day, decimal, rankDelta, signed } from "../shared/format.js";
import { DAY_MS } from "../shared/windows.js";
import { barScale, barTrack } from "./bars.js";
import { monthOf } from "./periods.js";

const titles = new Intl.DateTimeFormat("en", { month: "short", year: "numeric", timeZone: "UTC" });
// Unranked players have no pp.
const SERIES = [
  ["pp", ({ pp, ranksGained }) => (pp || ranksGained != null ? pp : null), (value) => signed(value, decimal)],
  ["Ranks", ({ ranksGained }) => ranksGained, rankDelta],
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
  const scales = SERIES.map(([, value]) => barScale(gains.map(({ delta }) => value(delta) ?? 0)));
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
        spansOf(months, byMonth).map(({ at, last, gain }) =>
          gain ? row(at, gain, scales, reworkOf(at, mode)) : emptyRow(at, last),
        ),
      ),
    ),
  );
}

// Successive months without snapshots are one entry, from `at` to `last`.
function spansOf(months, byMonth) {
  const spans = [];
  for (const at of months) {
    const [gain, before] = [byMonth.get(at), spans.at(-1)];
    if (before && !gain && !before.gain) before.last = at;
    else spans.push({ at, last: at, gain });
  }
  return spans;
}

function emptyRow(at, last) {
  const title = at === last ? titles.format(at) : titles.formatRange(at, last);
  const text = el("td", { colspan: 3, class: "number" }, "No snapshots");
  return el("tr", { class: "muted" }, el("th", { scope: "row" }, title), text);
}

function row(at, gain, scales, rework) {
  const title = el("th", { scope: "row" }, titles.format(at));
  if (rework) title.append(el("small", {}, externalLink(rework.source, "pp rework")));
  const { start, delta } = gain;
  // The gain includes months without snapshots.
  if (includesOthers(gain)) title.append(el("small", {}, `since ${day(start.at)}`));
  const cells = SERIES.map(([name, value, format], index) => barCell(name, value(delta), format, scales[index]));
  return el("tr", {}, title, el("td", { class: "number" }, signed(delta.playCount, count)), cells);
}

function barCell(name, value, format, scale) {
  if (value == null) return el("td", { class: "number muted" }, "–", visuallyHidden(" unranked"));
  return el(
    "td",
    {},
    el("span", { class: "bar-cell" }, barTrack(name, value, scale), el("span", {}, format(value))),
  );
}
