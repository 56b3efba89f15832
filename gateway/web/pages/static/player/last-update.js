// The results of the visitor's last updates, in the browser's storage only: they outlast a reload, for a day at most.

import { byId, el, timeElement } from "../shared/elements.js";
import { ago } from "../shared/format.js";
import { DAY_MS } from "../shared/windows.js";
import { loadBoxes } from "./load-boxes.js";
import { changedValues } from "./summary.js";

const KEY = "updates";
const MAX_UPDATES = 5;
// A first update can have a hundred hiscores: the page lists them anyway.
const MAX_HISCORES = 20;

export function storeUpdate({ id, mode }, result) {
  const { firstUpdate, leveledUp, delta, newHiscores, since } = result;
  const kept = { firstUpdate, leveledUp, delta, since, newHiscores: newHiscores.slice(0, MAX_HISCORES), total: newHiscores.length };
  const others = stored().filter((each) => !isOf(each, { id, mode }));
  const updates = [{ id, mode: mode.name, at: new Date().toISOString(), result: kept }, ...others];
  try {
    localStorage.setItem(KEY, JSON.stringify(updates.slice(0, MAX_UPDATES)));
  } catch {
    // Without storage, the result is on the page until it is left.
  }
}

// Shows the last update of the player and mode as one line, with its detail when it is opened.
export function showLastUpdate(player) {
  try {
    const last = stored().find((each) => isOf(each, player));
    if (last) byId("update-result").replaceChildren(lastUpdate(last, player));
  } catch {
    // not written by this page
  }
}

const isOf = ({ id, mode }, player) => id === player.id && mode === player.mode.name;

function stored(now = Date.now()) {
  try {
    const updates = JSON.parse(localStorage.getItem(KEY)) ?? [];
    return updates.filter(({ at }) => now - Date.parse(at) < DAY_MS);
  } catch {
    return []; // storage may be blocked
  }
}

function lastUpdate({ at, result }, { mode }) {
  const summary = el("summary", {}, "Your last update, ", timeElement(at, ago(at)), `: ${resultSummary(result)}`);
  const details = el("details", { class: "last-update text-small" }, summary);
  const fill = async () => details.append((await loadBoxes()).successBox(result, mode));
  details.addEventListener("toggle", () => fill().catch(() => details.remove()), { once: true });
  return details;
}

// "+12.30 pp, ▲ 3 ranks, 2 new hiscores".
export function resultSummary({ firstUpdate, delta, newHiscores, total = newHiscores.length }) {
  const texts = { pp: (text) => `${text} pp`, Rank: (text) => `${text} ranks`, Plays: (text) => `${text} plays` };
  const values = delta ? changedValues(delta) : [];
  const known = values.filter(([title]) => texts[title]).map(([title, text]) => texts[title](text));
  const plays = total ? [`${total} new hiscore${total === 1 ? "" : "s"}`] : [];
  const parts = [...known, ...plays];
  return parts.join(", ") || (firstUpdate ? "tracking started" : "no changes");
}
