// The player page: reads the view from the URL, loads the data, and passes it to the parts of the page.

import { announce, byId, el, moveFocus } from "../shared/elements.js";
import { INVALID_ID, playerId } from "../shared/player-id.js";
import { Revalidation } from "../shared/revalidation.js";
import { showActivity } from "./activity.js";
import { listenToForm } from "./compare.js";
import { Comparison } from "./comparison.js";
import { errorBox } from "./error-box.js";
import { displayName, showHeader, showIdentity, showModes } from "./header.js";
import { Hiscores } from "./hiscores.js";
import { isStale, showNotices } from "./notices.js";
import { Progress } from "./progress.js";
import { profile, profileLink, snapshots } from "./queries.js";
import { Series } from "./series.js";
import { listenToCopy, showCardLink } from "./share.js";
import { showPeak, showSummary } from "./summary.js";
import { Update } from "./update.js";
import { MODES, read, search } from "./view.js";

const SLOW_MS = 4000;
const STATES = ["loading", "load-error", "untracked", "player-data"];

let view = read();
let loaded = null; // profile and series of the player
let controller = new AbortController();

const hrefOf = (id) => `${id}${search({ ...view, compare: null, from: null, to: null })}`;
const seriesOf = (id, { user, stats }) =>
  new Series(displayName(user, id), stats, (...request) => snapshots(id, view.mode, ...request));

const progress = new Progress(navigate);
const hiscores = new Hiscores();
const update = new Update({
  onUpdate: ({ plays, first }) =>
    Promise.all([
      load({ quiet: true, reloadHiscores: false }),
      (first || plays > 0) && hiscores.show(view.id, view.mode),
    ]),
  onNotFound: () => showState(loaded?.stats.tracked ? "player-data" : null),
});
const comparison = new Comparison({ onChange: draw, onStop: () => navigate({ compare: null }), hrefOf, seriesOf });
const revalidation = new Revalidation(() => {
  if (loaded) load({ background: true });
  if (loaded?.stats.tracked) hiscores.refresh();
});

function navigate(change, { replace = false } = {}) {
  view = { ...view, ...change };
  history[replace ? "replaceState" : "pushState"](null, "", location.pathname + search(view));
  showModes(view);
}

const sameData = (...responses) => {
  const [one, other] = responses.map(({ user, stats, failures }) => JSON.stringify([user, stats, failures]));
  return one === other;
};

function showState(name) {
  for (const each of STATES) byId(each).hidden = each !== name;
  byId("main").setAttribute("aria-busy", String(name === "loading"));
}

// Loads everything. `quiet` keeps the present content visible meanwhile; `background` also if the request fails.
async function load({ background = false, quiet = background, reloadHiscores = !background } = {}) {
  controller.abort();
  controller = new AbortController();
  const { signal } = controller;
  if (!quiet) showLoading(signal);
  try {
    const response = await profile(view.id, view.mode, signal);
    if (!signal.aborted) await show(response, { reloadHiscores, background, quiet });
  } catch (error) {
    if (signal.aborted) return;
    if (background) showWarnings(loaded);
    else showError(error, quiet);
  }
}

function showLoading(signal) {
  moveFocus(byId("load-error"), byId("main"));
  showState("loading");
  byId("notices").replaceChildren();
  byId("loading-message").textContent = "Loading osu!track data …";
  announce("Loading.");
  const slow = setTimeout(() => {
    if (byId("loading").hidden || signal.aborted) return;
    byId("loading-message").textContent =
      "osu!track is slow. The first request loads the whole history; later ones use the cache.";
    announce("osu!track is slow.");
  }, SLOW_MS);
  signal.addEventListener("abort", () => clearTimeout(slow));
}

function showError(error, quiet) {
  if (quiet && loaded) byId("notices").replaceChildren(errorBox(error, () => load({ quiet: true })));
  else {
    showState("load-error");
    byId("load-error").replaceChildren(errorBox(error, () => load()));
  }
}

async function show(response, { reloadHiscores, background, quiet }) {
  const { user, stats, failures } = response;
  if (failures.history) throw failures.history;
  if (isStale(response.warnings)) revalidation.schedule();
  showWarnings(response);
  if (background && sameData(response, loaded)) return view.compare && compare({ quiet: true });
  loaded = response;
  showHeader(user, stats, view);
  if (!stats.tracked) return showState("untracked");
  showState("player-data");
  loaded.series = seriesOf(view.id, response);
  showSummary(stats);
  if (failures.peak)
    byId("peak").replaceChildren(errorBox(failures.peak, () => load({ quiet: true, reloadHiscores: false })));
  else showPeak(stats.peak);
  if (!quiet) announce(`${displayName(user, view.id)} in ${view.mode.title} loaded.`);
  const isCompared = !background && comparison.has(view.compare);
  const parts = [draw(), isCompared ? comparison.show(loaded) : compare({ quiet: background })];
  if (reloadHiscores) parts.push(hiscores.show(view.id, view.mode));
  parts.push(showActivity(view, stats, controller.signal));
  await Promise.all(parts);
}

function showWarnings({ warnings }) {
  showNotices(warnings, {
    isPending: revalidation.isPending,
    reload: () => load({ quiet: true, reloadHiscores: false }),
  });
}

function draw() {
  return progress.show([loaded.series, ...(comparison.player ? [comparison.player.series] : [])], view);
}

const compare = (options) => comparison.load(view, loaded, controller.signal, options);

function showInvalidId() {
  showState(null);
  byId("invalid-id").hidden = false;
  byId("invalid-id-value").textContent = view.segment.slice(0, 40);
}

function start() {
  loaded = null;
  comparison.clear();
  revalidation.reset();
  showModes(view);
  if (!view.id) return showInvalidId();
  showIdentity(view.id, displayName({}, view.id));
  byId("about").replaceChildren(el("span", {}, `ID ${view.id}`));
  byId("player-header").hidden = false;
  update.show(view.id, view.mode);
  showCardLink(view);
  byId("query-link").href = profileLink(view);
  return load();
}

byId("modes").addEventListener("click", (event) => {
  const mode = MODES.find(({ name }) => name === event.target.dataset.mode);
  if (!mode || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  navigate({ mode });
  start();
  byId("modes").querySelector("[aria-current]").focus();
});
byId("player-search").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = byId("player-search-id");
  const id = playerId(field.value);
  field.setAttribute("aria-invalid", String(id === null));
  field.setCustomValidity(id ? "" : INVALID_ID);
  // The browser shows the message beside the field, and announces it.
  if (field.reportValidity()) location.assign(new URL(hrefOf(id), location.href));
});
byId("start-tracking").addEventListener("click", () => {
  byId("update").focus(); // the pressed button disappears
  byId("update").click();
});
listenToCopy();
listenToForm(view.id, (id) => {
  navigate({ compare: id });
  compare();
});
addEventListener("popstate", () => {
  const previous = view;
  view = read();
  if (view.id !== previous.id || view.mode !== previous.mode || !loaded) start();
  else if (view.compare !== previous.compare) compare();
  else if (loaded.series) draw();
  showModes(view);
});
start();
