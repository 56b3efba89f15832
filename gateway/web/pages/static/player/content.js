// The data of the player: loads it, and passes it to the parts of the page.

import { parameterProblems } from "../shared/parameter-problems.js";
import { announce, byId } from "../shared/elements.js";
import { errorBox } from "../shared/error-box.js";
import { lateName } from "../shared/late-name.js";
import { forgetRecent } from "../shared/my-players.js";
import { isStale, showNotices } from "../shared/notices.js";
import { Revalidation } from "../shared/revalidation.js";
import { hrefOf, navigate, view } from "./navigation.js";
import { showForm } from "./compare-form.js";
import { Compare } from "./compare.js";
import { firstPlays } from "./first-plays.js";
import { displayName, showDataLinks, showHeader, showNameState } from "./header.js";
import { Hiscores } from "./hiscores.js";
import { showMilestones } from "./milestones.js";
import { showActivityNearby } from "./nearby-activity.js";
import { showPin } from "./pin.js";
import { PARAMETERS } from "./parameters.js";
import { Progress } from "./progress.js";
import { mainMode, profile } from "./queries.js";
import { Series } from "./series.js";
import { setVersion } from "./share.js";
import { showLoading, showState } from "./states.js";
import { showStats } from "./stats.js";
import { rememberMode, showUntrackedState } from "./untracked.js";
import { Update } from "./update.js";
import { MODES } from "./view.js";

export class Content {
  // `onFallback()` is called when the mode of the view has been replaced by one with data, `onMissing()` if osu! has no
  // such player.
  constructor({ onFallback, onMissing }) {
    Object.assign(this, { onFallback, loaded: null, controller: new AbortController() });
    this.progress = new Progress({ onChange: navigate, onWindow: () => this.comparison.showGains() });
    this.hiscores = new Hiscores(() => view, navigate);
    this.update = new Update({
      onUpdate: (result) => this.loadUpdated(result),
      onCheck: () => this.loadNew(),
      onNotFound: (refuse) => (this.loaded?.stats.tracked ? refuse() : onMissing()),
    });
    this.comparison = new Compare({
      onDraw: () => this.draw(),
      onChoose: (change, options) => this.chooseCompared(change, options),
      hrefOf,
      seriesOf,
      windowOf: () => ({ ...this.progress.detail, shown: this.progress.window }),
    });
    this.revalidation = new Revalidation(() => {
      if (this.loaded) this.load({ background: true });
      if (this.loaded?.stats.tracked) this.hiscores.refresh();
    });
  }

  // Before another player or mode.
  clear() {
    this.loaded = null;
    this.hiscores.reset();
    this.comparison.clear();
    this.revalidation.reset();
  }

  // Loads everything. `quiet` keeps the present content visible meanwhile; `background` also if the request fails.
  async load({ background = false, quiet = background, reloadHiscores = !background } = {}) {
    this.controller.abort();
    this.controller = new AbortController();
    const { signal } = this.controller;
    if (!quiet) showLoading(signal);
    try {
      const response = await profile(view.id, view.mode, signal);
      if (!signal.aborted) await this.show(response, { reloadHiscores, background, quiet });
    } catch (error) {
      if (signal.aborted) return;
      if (background) this.showWarnings(this.loaded);
      else this.showError(error, quiet);
    }
  }

  // After an update with new hiscores or a first snapshot, the hiscores too.
  loadUpdated({ plays, first }) {
    return Promise.all([
      this.load({ quiet: true, reloadHiscores: false }),
      (first || plays > 0 || !this.loaded?.stats.tracked) && this.hiscores.show(view.id, view.mode, "player-data"),
    ]);
  }

  // After an update without a confirmation. Returns whether osu!track has answered; a failure is not shown.
  async loadNew() {
    const { signal } = this.controller;
    const response = await profile(view.id, view.mode, signal).catch(() => null);
    if (signal.aborted || !response || response.failures.history || isStale(response.warnings)) return false;
    await this.show(response, { reloadHiscores: true, background: Boolean(this.loaded), quiet: true });
    return true;
  }

  showError(error, quiet) {
    const advice = "The page shows the data from before. Retry in a moment.";
    if (quiet && this.loaded) byId("notices").replaceChildren(errorBox(error, () => this.load({ quiet: true }), { advice }));
    else {
      showState("load-error");
      showDataLinks(false);
      announce(""); // the box is an alert
      byId("load-error").replaceChildren(errorBox(error, () => this.load()));
    }
  }

  async show(response, { reloadHiscores, background, quiet }) {
    const { user, stats, failures } = response;
    if (failures.history) throw failures.history;
    if (isStale(response.warnings)) this.revalidation.schedule();
    this.showWarnings(response);
    if (background && sameData(response, this.loaded)) return this.compare({ quiet: true });
    this.loaded = response;
    showHeader(user, stats, view);
    if (response.isNameMissing) this.addName(response, this.controller.signal);
    if (stats.tracked || user.username) showPin(view.id, displayName(user, view.id), view.mode, stats);
    else if (response.isUnknown) forgetRecent(view.id);
    if (!stats.tracked) return this.showUntracked(this.controller.signal);
    showState("player-data");
    rememberMode(view);
    response.series = seriesOf(view.id, response);
    showStats(response, () => this.load({ quiet: true, reloadHiscores: false }));
    this.update.showSnapshot(stats.latest);
    if (!quiet) announce(`${displayName(user, view.id)} in ${view.mode.title} loaded.`);
    if (reloadHiscores) this.hiscores.show(view.id, view.mode, "player-data");
    showActivityNearby(view, stats, this.controller.signal);
    await Promise.all([this.draw(), this.compare({ quiet: background }), this.hiscores.settled()]);
    // Once the gateway has cached them, hiscores cost no points.
    const hasPlays = this.hiscores.areCached && this.loaded === response;
    if (hasPlays) await Promise.all([this.progress.showPlays(), this.addFirstPlays()]);
  }

  // The rest of the page does not wait for the name.
  async addName(response, signal) {
    showNameState("Loading the name …");
    const user = await lateName(view.id, signal);
    if (signal.aborted || this.loaded !== response) return;
    if (!user) return showNameState("The name is not available.");
    announce(`The player is ${user.username}.`);
    const named = { ...response, user: { ...response.user, ...user }, isNameMissing: false };
    return this.show(named, { background: true, quiet: true });
  }

  // A supplement: if they fail, they are missing.
  async addFirstPlays() {
    const { signal } = this.controller;
    const plays = await firstPlays(view.id, view.mode, signal).catch(() => []);
    if (!signal.aborted && plays.length) showMilestones(this.loaded.stats.milestones, plays);
  }

  // If the address has no mode, a player without osu! data opens in the mode with the most plays.
  async showUntracked(signal) {
    const mode = view.isModeChosen ? null : await mainMode(view.id, signal).catch(() => null);
    if (signal.aborted) return;
    this.update.offerStart();
    if (!mode) return showUntrackedState(view, this.loaded, signal);
    navigate({ mode: MODES.find(({ value }) => value === mode), isModeChosen: true, isFallback: true }, { replace: true });
    return this.onFallback();
  }

  showWarnings({ warnings }) {
    showNotices(warnings, {
      isPending: this.revalidation.isPending,
      reload: () => this.load({ quiet: true, reloadHiscores: false }),
      note: [parameterProblems(location.search, PARAMETERS), fallbackText(view)].filter(Boolean).join(" "),
    });
  }

  draw() {
    const players = [this.loaded.series, ...this.comparison.series];
    setVersion(players.map(({ overview }) => overview.at(-1).instant));
    return this.progress.show(players, view);
  }

  compare(options) {
    showForm(view, this.addCompared);
    return this.comparison.load(view, this.loaded, this.controller.signal, options);
  }

  chooseCompared(change, options) {
    navigate(change, options);
    return this.compare();
  }

  addCompared = (players) => this.chooseCompared({ compare: [...view.compare, ...players], leftOut: [] });
}

const seriesOf = (id, { user, stats }) => new Series(displayName(user, id), stats, { id, mode: view.mode });

const sameData = (...responses) => {
  const [one, other] = responses.map(({ user, stats, failures }) => JSON.stringify([user, stats, failures]));
  return one === other;
};

const fallbackText = ({ isFallback, mode }) =>
  isFallback ? `This player has no osu! stats. These are the ${mode.title} stats.` : "";
