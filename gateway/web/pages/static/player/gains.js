// The gains of the last 7, 30 and 365 days, by the rule of all gains in `windows.js`.

import { byId, coloured, el } from "../shared/elements.js";
import { count, day, decimal, signed } from "../shared/format.js";
import { DAY_MS, dayOf, gainOf, sinceText } from "../shared/windows.js";
import { isInactive, rankChange, tile } from "./summary.js";

const PERIODS = [
  ["week", 7],
  ["month", 30],
  ["year", 365],
];
const FIRST_SNAPSHOT = "Gains begin with the second snapshot: update again after playing.";

export function showGains(stats, now = Date.now()) {
  const boxes = boxesOf(stats, now);
  byId("gains").replaceChildren(...boxes.map((each) => box(each, isInactive(stats.latest))));
  byId("gains-missing").textContent = missingText(stats, now);
}

// Windows with one gain share a box. Without any gain, the box has the changes since the snapshot before the windows.
function boxesOf(stats, now) {
  const boxes = new Map();
  for (const { days, gain, since } of windowsOf(stats, now).filter((each) => each.gain)) {
    const others = boxes.get(gain.start.at);
    boxes.set(gain.start.at, {
      gain,
      days: [...(others?.days ?? []), days],
      title: others?.title ?? (since ? sinceTitle(gain, now) : undefined),
    });
  }
  if (boxes.size || !stats.year) return [...boxes.values()];
  return [{ gain: stats.year, title: `Since ${day(stats.year.start.at)}` }];
}

const windowsOf = (stats, now) =>
  PERIODS.map(([name, days]) => {
    const window = { from: now - days * DAY_MS, to: now };
    const gain = gainOf({ gain: stats[name], within: stats[`${name}Within`] }, window);
    return { days, gain, since: gain && sinceText(gain, window) };
  });

// The time of a gain that began later than its window: "Since 12 Sep 2026 (76 days)".
function sinceTitle({ start }, now) {
  const days = (dayOf(now) - dayOf(Date.parse(start.at))) / DAY_MS;
  return `Since ${day(start.at)} (${count(days)} day${days === 1 ? "" : "s"})`;
}

function box({ gain, days, title = `${list(days, "and")} days` }, isUnranked) {
  const { pp, ranksGained, accuracy, playCount } = gain.delta;
  return el(
    "li",
    {},
    el("h3", {}, title),
    !(isUnranked && !pp) && el("p", { class: "big" }, coloured(signed(pp, decimal), pp), el("small", {}, " pp")),
    el(
      "dl",
      {},
      !(isUnranked && ranksGained == null) && tile("Rank", rankChange(ranksGained)),
      tile("Accuracy", coloured(`${signed(accuracy, decimal)} %`, accuracy)),
      tile("Plays", signed(playCount)),
    ),
  );
}

// Why windows have no gain.
function missingText(stats, now) {
  if (stats.latest.at === stats.earliest.at) return FIRST_SNAPSHOT;
  const without = windowsOf(stats, now).filter(({ gain }) => !gain).map(({ days }) => days);
  const isEmpty = (days) => Date.parse(stats.latest.at) < now - days * DAY_MS;
  const [none, one] = [without.filter(isEmpty), without.filter((days) => !isEmpty(days))];
  return [
    none.length && `No snapshot in the last ${list(none, "or")} days.`,
    one.length && `Only one snapshot in the last ${list(one, "and")} days: a gain needs two.`,
  ].filter(Boolean).join(" ");
}

// "7, 30 and 365".
const list = (days, word) => [days.slice(0, -1).join(", "), days.at(-1)].filter(Boolean).join(` ${word} `);
