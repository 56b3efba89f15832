// The charts: players, series, window and interval, as values or changes.

import { byId, moveFocus } from "../shared/elements.js";
import { errorBox } from "../shared/error-box.js";
import { closeWindow, fitWindow, MIN_WINDOW_MS, openWindow, shiftWindow, zoomWindow } from "../shared/windows.js";
import { replaceEmptyCharts } from "./captions.js";
import { CHANGE_METRICS, changesOf } from "./change.js";
import { Charts } from "./chart.js";
import { listenToControls, showChoices } from "./controls.js";
import { listenForKeys } from "./keyboard.js";
import { marksOf } from "./marks.js";
import { DEFAULT_SERIES, fieldsOf, METRICS } from "./metrics.js";
import { releaseHeights, showLegend, showText, showTitles } from "./progress-texts.js";
import { RangeSlider } from "./range.js";
import { defaultInterval, WEEKLY } from "./series.js";
import { isInactive } from "./summary.js";

export class Progress {
  // `onChange({from, to, every, series, values}, {replace})` puts a choice into the URL. `onWindow(window, shown)` is called with
  // each window, with open ends and without.
  constructor({ onChange, onWindow }) {
    Object.assign(this, { onChange, onWindow, players: [] });
    this.range = new RangeSlider({
      onInput: (from, to) => this.draw({ from, to }),
      // Sliders fire many changes: they replace the history entry instead of adding one each.
      onChange: (from, to) => this.choose(fitWindow(from, to, this.all), { replace: true }),
    });
    this.charts = new Charts([byId("plot-upper"), byId("plot-lower")], {
      onSelect: (from, to) => this.choose(fitWindow(from, to, this.all)),
      onRead: (reading) => this.showLegend(reading),
      onReset: () => this.choose({ from: null, to: null }),
    });
    listenForKeys(byId("plots"), this);
    listenToControls(this);
  }

  // Shows the Series of up to five players. In `view`, `days`, `from`, `to`, `every`, `series` and `values` may be null. Only later choices are announced.
  async show(players, view) {
    const withPlays = this.withPlays && players[0] === this.players[0];
    Object.assign(this, { players, view, rendered: false, withPlays });
    const [from, to] = [Math.min(...players.map(({ first }) => first)), Math.max(...players.map(({ last }) => last))];
    // A single snapshot has no width, and no range to choose.
    byId("progress").classList.toggle("single", (this.isSingle = from === to));
    this.all = { from: from === to ? to - MIN_WINDOW_MS : from, to, now: Date.now() };
    this.range.draw(players[0].overview, this.all);
    await this.render();
  }

  // The names of the series in the upper and the lower chart.
  get series() {
    const isFlat = this.players.length > 0 && this.players.every(({ overview }) => overview.every(isInactive));
    return this.view.series ?? (isFlat ? ["plays", "accuracy"] : DEFAULT_SERIES);
  }

  // Whether the charts show changes since the start of the window.
  get hasChanges() {
    return this.view.values === "change";
  }

  // The chosen window, without open ends.
  get window() {
    return closeWindow(openWindow(this.view, this.all), this.all);
  }

  // The window and interval to load.
  get detail() {
    const every = this.view.every ?? defaultInterval(this.window.from, this.window.to);
    return { ...openWindow(this.view, this.all), every };
  }

  // The interval in the charts: weekly until the chosen one is loaded.
  get shownInterval() {
    return this.players.some((player) => this.has(this.detail, player)) ? this.detail.every : "week";
  }

  has(view, player) {
    const needsEnds = this.hasChanges && hasStart(view);
    return player.has(view, fieldsOf(this.series)) && (!needsEnds || player.hasEnds(view, fieldsOf(this.series)));
  }

  hasAll(view) {
    return this.players.every((player) => this.has(view, player));
  }

  // A window with dates replaces a duration.
  choose(change, options) {
    const chosen = "from" in change ? { days: null, ...change } : change;
    this.view = { ...this.view, ...chosen };
    this.onChange(chosen, options);
    return this.render();
  }

  // Draws loaded rows at once, then the chosen interval when it has arrived.
  async render() {
    this.controller?.abort();
    const { signal } = (this.controller = new AbortController());
    showChoices(this);
    this.onWindow(openWindow(this.view, this.all), this.window);
    // Without any rows of the series, the charts show the previous ones.
    if (this.hasAll(WEEKLY)) this.draw(this.window);
    moveFocus(byId("plots-error"), byId("plots"));
    byId("plots-error").replaceChildren();
    if (!this.hasAll(this.detail) || !this.hasAll(WEEKLY)) {
      byId("progress").setAttribute("aria-busy", "true");
      const errors = await this.load(signal);
      if (signal.aborted) return;
      byId("plots-error").replaceChildren(...errors.map(([error, names]) => this.errorBox(error, names)));
      this.draw(this.window);
    }
    byId("progress").setAttribute("aria-busy", "false");
    this.showText();
    if (this.withPlays) await this.showPlays();
  }

  // Loads the rows of all players. Returns the errors, one of each code, with the names of the players.
  async load(signal) {
    const errors = new Map();
    const parts = [this.detail, fieldsOf(this.series), signal];
    const loadAll = (player) => Promise.all([player.load(...parts), this.hasChanges && hasStart(this.detail) && player.loadEnds(...parts)]);
    const load = (player) =>
      loadAll(player).catch((error) => {
        const [first, names] = errors.get(error.code) ?? [error, []];
        errors.set(error.code, [first, [...names, player.name]]);
      });
    await Promise.all(this.players.map(load));
    return [...errors.values()];
  }

  // If it concerns some players only, the title has their names.
  errorBox(error, names) {
    const subject = names.length < this.players.length ? names.join(", ") : null;
    return errorBox(error, () => this.render(), { subject });
  }

  // Adds the hiscores of the window to the chart of pp. They are a supplement: if they fail, they are missing.
  async showPlays() {
    this.withPlays = true;
    const [{ plays }] = this.players;
    const before = plays.rows(this.view);
    if (!this.series.includes("pp")) return;
    await plays.load(this.view, this.controller.signal).catch(() => {});
    if (plays === this.players[0].plays && plays.rows(this.view) !== before) {
      this.draw(this.window);
      this.showText({ quiet: true });
    }
  }

  draw(window) {
    this.metrics = this.series.map((name) => (this.hasChanges ? CHANGE_METRICS : METRICS)[name]);
    this.lists = this.players.map((player) => (this.hasChanges ? this.changesOf(player, window) : this.rowsOf(player)));
    showTitles(this, window);
    this.marks = marksOf(this.players, this.metrics, this.view);
    const [slots, isCompared] = [this.players.map(({ slot }) => slot), this.view.compare.length > 0];
    const { lists, metrics, marks, shownInterval: interval } = this;
    this.charts.show({ lists, slots, metrics, marks, interval, isCompared }, this.addPadding(window));
    if (this.hasAll(WEEKLY)) replaceEmptyCharts(this);
    this.range.setWindow(window);
    releaseHeights();
    this.showLegend(this.charts.cursor.reading);
  }

  // The same list object while the rows are the same: the charts compare lists by identity.
  rowsOf(player) {
    const rows = player.rows(this.detail, fieldsOf(this.series));
    const before = player.drawn;
    const same = before?.length === rows.length && before[0] === rows[0] && before.at(-1) === rows.at(-1);
    return same ? before : (player.drawn = rows);
  }

  // While the window is dragged, rows replace its ends.
  changesOf(player, window) {
    const isChosen = window.from === this.window.from && window.to === this.window.to;
    const ends = isChosen ? player.endsOf(this.detail, fieldsOf(this.series), window) : undefined;
    return changesOf(this.rowsOf(player), ends, this.metrics.map(({ field }) => field), window);
  }

  // Padding at the ends of the history, so that the newest point is not clipped. Other ends are drawn as chosen.
  addPadding({ from, to }) {
    const padding = (to - from) * 0.012;
    return { from: from <= this.all.from ? from - padding : from, to: to >= this.all.to ? to + padding : to };
  }

  showLegend(reading) {
    showLegend(this, reading);
  }

  showText({ quiet = !this.rendered } = {}) {
    showText(this, { quiet });
    this.rendered = true;
  }

  zoom(factor, around) {
    return this.choose(zoomWindow(this.window, factor, this.all, around));
  }

  move(share) {
    return this.choose(shiftWindow(this.window, share, this.all));
  }
}

// Without a start, the changes begin with the first row.
const hasStart = ({ from }) => from != null;
