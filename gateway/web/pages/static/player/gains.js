// The gains of the last 7, 30 and 365 days. A gain that begins long before has its own start as its title.

import { byId, coloured, el } from "../shared/elements.js";
import { decimal, signed } from "../shared/format.js";
import { DAY_MS, sinceText } from "../shared/windows.js";
import { rankChange, tile } from "./summary.js";

const PERIODS = [
  ["week", 7],
  ["month", 30],
  ["year", 365],
];
const FIRST_SNAPSHOT = "The charts and gains begin with the second snapshot: update again after playing.";

export function showGains(stats, now = Date.now()) {
  if (stats.latest.at === stats.earliest.at) return byId("gains").replaceChildren(el("li", {}, FIRST_SNAPSHOT));
  const cards = new Map();
  for (const [name, days] of PERIODS) {
    const gain = stats[name];
    const since = gain && sinceText(gain, { from: now - days * DAY_MS, to: now });
    const title = since ? since.replace("s", "S") : `${days} days`;
    // Windows with one gain share a card, which has the title of the longest.
    const key = gain?.start.at ?? title;
    const { missing = [] } = cards.get(key) ?? {};
    const absence = `No snapshot in the last ${days} days.`;
    cards.set(key, { title, gain, missing: since ? [...missing, days] : missing, absence });
  }
  byId("gains").replaceChildren(...[...cards.values()].map(card));
}

function card({ title, gain, missing, absence }) {
  const heading = el("h3", {}, title);
  if (!gain) return el("li", {}, heading, el("p", { class: "muted text-small" }, absence));
  const { pp, ranksGained, accuracy, playCount } = gain.delta;
  return el(
    "li",
    {},
    heading,
    el("p", { class: "big" }, coloured(signed(pp, decimal), pp), el("small", {}, " pp")),
    el(
      "dl",
      {},
      tile("Rank", rankChange(ranksGained)),
      tile("Accuracy", coloured(`${signed(accuracy, decimal)} %`, accuracy)),
      tile("Plays", signed(playCount)),
    ),
    missing.length > 0 && el("p", { class: "muted text-small" }, missingText(missing)),
  );
}

// "No snapshot 7, 30 or 365 days ago."
function missingText(days) {
  const list = [days.slice(0, -1).join(", "), days.at(-1)].filter(Boolean).join(" or ");
  return `No snapshot ${list} days ago.`;
}
