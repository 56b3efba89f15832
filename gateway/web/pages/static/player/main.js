// The page of a player: reads the address, asks the gateway, and hands every part of the page what it shows.

import { MODES, playerId, read, search } from "./address.js";
import * as comparison from "./compare.js";
import { announce, byId, el, leave } from "./elements.js";
import { nameOf, showHead, showModes, showWarnings } from "./head.js";
import { Hiscores } from "./hiscores.js";
import { showGains, showNow, showPeak } from "./numbers.js";
import { Progress } from "./progress.js";
import { profile, snapshots } from "./questions.js";
import { Series } from "./series.js";
import { troubleBox } from "./trouble.js";
import { Update } from "./update.js";

const SLOW_MS = 4000;
const STATES = ["waiting", "failed", "untracked", "known"];

let view = read();
let shown = null; // the player's profile and series, once they are here
let beside = null; // the same of the other player
let asking = new AbortController();

const progress = new Progress(go);
const plays = new Hiscores();
const update = new Update({
  updated: ({ plays: found, first }) => load({ quiet: true, scores: first || found > 0 }),
  unknown: () => state(shown?.stats.tracked ? "known" : null),
});

function go(change, { replace = false } = {}) {
  view = { ...view, ...change };
  history[replace ? "replaceState" : "pushState"](null, "", location.pathname + search(view));
  showModes(view);
}

const hrefOf = (id) => `${id}${search({ ...view, compare: null, from: null, to: null })}`;
const seriesOf = (id, { user, stats }) =>
  new Series(nameOf(user, id), stats, (window, signal) => snapshots(id, view.mode, window, signal));

function state(name) {
  for (const each of STATES) byId(each).hidden = each !== name;
  byId("main").setAttribute("aria-busy", String(name === "waiting"));
}

// Ask for everything; `quiet` leaves what is there until the new is here, `scores` says whether hiscores may have
// changed.
async function load({ quiet = false, scores = true } = {}) {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  if (!quiet) await waitFor(signal);
  try {
    const found = await profile(view.id, view.mode, signal);
    if (!signal.aborted) await show(found, scores, quiet);
  } catch (trouble) {
    if (!signal.aborted) fail(trouble, quiet);
  }
}

function waitFor(signal) {
  leave(byId("failed"), byId("main"));
  state("waiting");
  byId("notices").replaceChildren();
  byId("waiting-words").textContent = "Reading what osu!track knows …";
  announce("Loading.");
  const slow = setTimeout(() => {
    if (byId("waiting").hidden || signal.aborted) return;
    byId("waiting-words").textContent =
      "osu!track takes its time. A player’s history is read whole the first time, and remembered then.";
    announce("osu!track takes its time.");
  }, SLOW_MS);
  signal.addEventListener("abort", () => clearTimeout(slow));
}

function fail(trouble, quiet) {
  if (quiet && shown) byId("notices").replaceChildren(troubleBox(trouble, () => load({ quiet: true })));
  else {
    state("failed");
    byId("failed").replaceChildren(troubleBox(trouble, () => load()));
  }
}

async function show(found, scores, quiet) {
  const { user, stats, troubles, warnings } = found;
  if (troubles.history) return fail(troubles.history, quiet);
  shown = found;
  showHead(user, stats, view);
  showWarnings(warnings, () => load({ quiet: true, scores: false }));
  if (!stats.tracked) return state("untracked");
  state("known");
  shown.series = seriesOf(view.id, found);
  showNow(stats);
  showGains(stats);
  if (troubles.peak)
    byId("peak").replaceChildren(troubleBox(troubles.peak, () => load({ quiet: true, scores: false })));
  else showPeak(stats.peak);
  if (!quiet) announce(`${nameOf(user, view.id)} in ${view.mode.title} is here.`);
  const parts = [draw(), view.compare && !beside ? compare() : relate()];
  if (scores) parts.push(plays.show(view.id, view.mode));
  await Promise.all(parts);
}

function draw() {
  const { from, to, every } = view;
  return progress.show([shown.series, ...(beside ? [beside.series] : [])], { from, to, every });
}

// Beside whom the player is shown: nobody, or somebody who has to be asked for.
async function compare() {
  beside = null;
  const { compare: id, mode } = view;
  if (!id) {
    comparison.showNobody();
    return draw();
  }
  leave(byId("compared"), byId("compare-id"));
  comparison.showWaiting(id);
  const { signal } = asking;
  try {
    const found = await profile(id, mode, signal);
    if (signal.aborted || view.compare !== id) return;
    if (found.troubles.history) throw found.troubles.history;
    const name = nameOf(found.user, id);
    if (!found.stats.tracked) return comparison.showUntracked(name, hrefOf(id), alone);
    beside = { ...found, id, name, series: seriesOf(id, found) };
    relate();
    announce(`${name} is shown beside.`);
    return draw();
  } catch (trouble) {
    if (!signal.aborted) comparison.showTrouble(trouble, compare, alone);
  }
}

function relate() {
  if (!beside) return comparison.showNobody();
  const { id, name, stats } = beside;
  comparison.showBoth({ name: shown.series.name, stats: shown.stats }, { name, stats, href: hrefOf(id) }, alone);
}

function alone() {
  go({ compare: null });
  byId("compare-id").value = "";
  byId("compare-id").focus();
  return compare();
}

// The address names nobody.
function refuse() {
  state(null);
  byId("wrong").hidden = false;
  byId("wrong-id").textContent = view.asked.slice(0, 40);
}

function begin() {
  beside = null;
  shown = null;
  showModes(view);
  if (!view.id) return refuse();
  byId("name").textContent = `Player ${view.id}`;
  byId("about").replaceChildren(el("span", {}, `ID ${view.id}`));
  byId("update-part").hidden = false;
  update.show(view.id, view.mode);
  return load();
}

byId("modes").addEventListener("click", (event) => {
  const mode = MODES.find(({ name }) => name === event.target.dataset.mode);
  if (!mode || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go({ mode });
  begin();
  byId("modes").querySelector("[aria-current]").focus();
});
byId("other").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = byId("other-id");
  const id = playerId(field.value);
  field.setAttribute("aria-invalid", String(id === null));
  field.setCustomValidity(id ? "" : "A number is needed, as in osu.ppy.sh/users/2.");
  // The browser shows it beside the field, and reads it out.
  if (field.reportValidity()) location.assign(new URL(hrefOf(id), location.href));
});
byId("begin").addEventListener("click", () => {
  byId("update").focus(); // which stays where it is
  byId("update").click();
});
comparison.listen(view.id, (id) => {
  go({ compare: id });
  compare();
});
addEventListener("popstate", () => {
  const before = view;
  view = read();
  if (view.id !== before.id || view.mode !== before.mode || !shown) begin();
  else if (view.compare !== before.compare) compare();
  else if (shown.series) draw();
  showModes(view);
});
begin();
