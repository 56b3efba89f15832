// The player page: reads the view from the URL, loads the data, and passes it to the parts of the page.

import { segmentOf } from "../shared/address.js";
import { parameterProblems } from "../shared/parameter-problems.js";
import { announce, byId, el } from "../shared/elements.js";
import { errorBox } from "../shared/error-box.js";
import { lateName } from "../shared/late-name.js";
import { findPlayer } from "../shared/names.js";
import { forgetRecent } from "../shared/my-players.js";
import { isStale, showNotices } from "../shared/notices.js";
import { NO_FILTERS } from "../shared/play-filters.js";
import { Revalidation } from "../shared/revalidation.js";
import { listenToSearch } from "../shared/search-form.js";
import { listenToForm, showForm } from "./compare-form.js";
import { Compare } from "./compare.js";
import { firstPlays } from "./first-plays.js";
import { showGains } from "./gains.js";
import { displayName, listenToModes, showAddress, showHeader, showIdentity, showNameState, showYearLink } from "./header.js";
import { Hiscores } from "./hiscores.js";
import { showReworks } from "./mark-key.js";
import { showMilestones } from "./milestones.js";
import { showActivityNearby } from "./nearby-activity.js";
import { listenToCompareOwn, listenToOwn, showOwn } from "./own-button.js";
import { listenToPin, preparePin, showPin } from "./pin.js";
import { PARAMETERS } from "./parameters.js";
import { Progress } from "./progress.js";
import { mainMode, profile, profileLink } from "./queries.js";
import { Series } from "./series.js";
import { listenToShare, setVersion } from "./share.js";
import { showLoading, showState } from "./states.js";
import { showPeak, showSummary } from "./summary.js";
import { listenToPlays, rememberMode, showUntrackedState } from "./untracked.js";
import { Update } from "./update.js";
import { MODES, modeNamed, read, search } from "./view.js";

let view = read();
let loaded = null; // profile and series of the player
let controller = new AbortController();

// The page of another player: in the mode of the address, or else in the chosen one.
const hrefOf = (address) => {
  const { isModeChosen, mode } = view.isFallback ? { mode: MODES[0] } : view;
  const chosen = address.mode ? { mode: modeNamed(address.mode), isModeChosen: true } : { mode, isModeChosen };
  return `${segmentOf(address)}${search({ ...view, ...chosen, ...NO_FILTERS, compare: [], from: null, to: null, year: null })}`;
};
const seriesOf = (id, { user, stats }) =>
  new Series(displayName(user, id), stats, { id, mode: view.mode });

const progress = new Progress({ onChange: navigate, onWindow: () => comparison.showGains() });
const hiscores = new Hiscores(() => view, navigate);
const update = new Update({
  onUpdate: ({ plays, first }) =>
    Promise.all([
      load({ quiet: true, reloadHiscores: false }),
      (first || plays > 0 || !loaded?.stats.tracked) && hiscores.show(view.id, view.mode, "player-data"),
    ]),
  onCheck: async () => {
    const before = loaded;
    await load({ quiet: true });
    return loaded !== before;
  },
  onNotFound: (refuse) => (loaded?.stats.tracked ? refuse() : showMissing()),
});
const comparison = new Compare({
  onDraw: draw,
  onChoose: chooseCompared,
  hrefOf,
  seriesOf,
  windowOf: () => ({ ...progress.detail, shown: progress.window }),
});
const revalidation = new Revalidation(() => {
  if (loaded) load({ background: true });
  if (loaded?.stats.tracked) hiscores.refresh();
});

function navigate(change, { replace = false } = {}) {
  view = { ...view, ...change };
  const path = location.pathname.replace(/[^/]*$/, segmentOf(view));
  history[replace ? "replaceState" : "pushState"](null, "", path + search(view));
  showAddress(view);
}

const sameData = (...responses) => {
  const [one, other] = responses.map(({ user, stats, failures }) => JSON.stringify([user, stats, failures]));
  return one === other;
};

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

function showError(error, quiet) {
  if (quiet && loaded) byId("notices").replaceChildren(errorBox(error, () => load({ quiet: true })));
  else {
    showState("load-error");
    announce(""); // the box is an alert
    byId("load-error").replaceChildren(errorBox(error, () => load()));
  }
}

async function show(response, { reloadHiscores, background, quiet }) {
  const { user, stats, failures } = response;
  if (failures.history) throw failures.history;
  if (isStale(response.warnings)) revalidation.schedule();
  showWarnings(response);
  if (background && sameData(response, loaded)) return compare({ quiet: true });
  loaded = response;
  showHeader(user, stats, view);
  if (response.isNameMissing) addName(response, controller.signal);
  if (stats.tracked || user.username) showPin(view.id, displayName(user, view.id), view.mode, stats.latest);
  else if (response.isUnknown) forgetRecent(view.id);
  if (!stats.tracked) return showUntracked(controller.signal);
  showState("player-data");
  rememberMode(view);
  loaded.series = seriesOf(view.id, response);
  showSummary(stats);
  showGains(stats);
  update.showSnapshot(stats.latest);
  if (failures.peak)
    byId("peak").replaceChildren(errorBox(failures.peak, () => load({ quiet: true, reloadHiscores: false })));
  else showPeak(stats.peak);
  if (!quiet) announce(`${displayName(user, view.id)} in ${view.mode.title} loaded.`);
  if (reloadHiscores) hiscores.show(view.id, view.mode, "player-data");
  showActivityNearby(view, stats, controller.signal);
  await Promise.all([draw(), compare({ quiet: background }), hiscores.settled()]);
  // Once the gateway has cached them, hiscores cost no points.
  if (hiscores.areCached && loaded === response) await Promise.all([progress.showPlays(), addFirstPlays()]);
}

// The rest of the page does not wait for the name.
async function addName(response, signal) {
  showNameState("Loading the name …");
  const user = await lateName(view.id, signal);
  if (signal.aborted || loaded !== response) return;
  if (!user) return showNameState("The name is not available.");
  announce(`The player is ${user.username}.`);
  return show({ ...response, user: { ...response.user, ...user }, isNameMissing: false }, { background: true, quiet: true });
}

// A supplement: if they fail, they are missing.
async function addFirstPlays() {
  const { signal } = controller;
  const plays = await firstPlays(view.id, view.mode, signal).catch(() => []);
  if (!signal.aborted && plays.length) showMilestones(loaded.stats.milestones, plays);
}

// If the address has no mode, a player without osu! data opens in the mode with the most plays.
async function showUntracked(signal) {
  const mode = view.isModeChosen ? null : await mainMode(view.id, signal).catch(() => null);
  if (signal.aborted) return;
  update.offerStart();
  if (!mode) return showUntrackedState(view, loaded, signal);
  navigate({ mode: MODES.find(({ value }) => value === mode), isModeChosen: true, isFallback: true }, { replace: true });
  return start();
}

const fallbackText = ({ isFallback, mode }) =>
  isFallback ? `This player has no osu! stats. These are the ${mode.title} stats.` : "";

function showWarnings({ warnings }) {
  showNotices(warnings, {
    isPending: revalidation.isPending,
    reload: () => load({ quiet: true, reloadHiscores: false }),
    note: [parameterProblems(location.search, PARAMETERS), fallbackText(view)].filter(Boolean).join(" "),
  });
}

function draw() {
  const players = [loaded.series, ...comparison.series];
  setVersion(players.map(({ overview }) => overview.at(-1).instant));
  return progress.show(players, view);
}

function compare(options) {
  showForm(view, addCompared);
  return comparison.load(view, loaded, controller.signal, options);
}

function chooseCompared(change, options) {
  navigate(change, options);
  return compare();
}

const addCompared = (players) => chooseCompared({ compare: [...view.compare, ...players], leftOut: [] });

// The address gets the ID, once it is known.
async function resolveName() {
  const { name } = view;
  byId("player-header").hidden = true;
  showState("loading");
  byId("loading-message").textContent = `Looking up the player “${name}” …`;
  const found = await findPlayer(name).catch((error) => ({ error, retry: resolveName }));
  if (view.name !== name) return;
  if (found.id && view.year) return location.replace(`${found.id}/${view.year}${search({ ...view, year: null })}`);
  if (found.id) {
    navigate({ id: found.id, name: null, segment: found.id }, { replace: true });
    return start();
  }
  showState(null);
  // Few visits need these modules.
  (await import("./name-page.js")).showNamePage(view, found);
}

async function showMissing() {
  forgetRecent(view.id);
  (await import("./name-page.js")).showMissingPlayer(view);
}

function start() {
  loaded = null;
  hiscores.reset();
  comparison.clear();
  revalidation.reset();
  showAddress(view);
  byId("name-page").hidden = true;
  if (view.name) return resolveName();
  if (!view.id) return import("./invalid-address.js").then((page) => page.showInvalidAddress(view.segment));
  showIdentity(view.id, displayName({}, view.id));
  byId("about").replaceChildren(el("span", {}, "\u00a0"));
  byId("player-header").hidden = false;
  preparePin(view.id);
  update.show(view.id, view.mode);
  showReworks(view.mode);
  byId("card-link").hidden = false;
  showYearLink(view, Date.now());
  byId("query-link").href = profileLink(view);
  return load();
}

listenToPlays(() => hiscores.show(view.id, view.mode, "untracked"), () => view);
listenToModes((mode) => {
  navigate({ mode, isModeChosen: true, isFallback: false });
  start();
  byId("modes").querySelector("[aria-current]").focus();
});
listenToSearch(hrefOf);
listenToShare({ hasRanges: true });
listenToPin();
listenToForm(() => view, addCompared);
listenToOwn(() => view.id, () => {
  showOwn(view.id);
  showForm(view, addCompared);
});
listenToCompareOwn(addCompared);
addEventListener("popstate", () => {
  const previous = view;
  view = read();
  if (view.segment !== previous.segment || view.mode !== previous.mode || !loaded) start();
  else if (loaded.series) {
    draw();
    compare();
  }
  hiscores.follow();
  showAddress(view);
});
start();
