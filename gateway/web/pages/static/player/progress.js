// The charts with their controls (window, interval, cursor), caption and table.

import { announce, byId, el, moveFocus, setPressed } from "../shared/elements.js";
import { dateTime, day } from "../shared/format.js";
import { caption, INTERVAL_LABELS, legendItem } from "./captions.js";
import { Charts } from "./chart.js";
import { errorBox } from "./error-box.js";
import { listenForKeys } from "./keyboard.js";
import { RangeSlider } from "./range.js";
import { defaultInterval, rowAt } from "./series.js";
import { fillTable } from "./table.js";
import { INTERVALS } from "./view.js";
import { closeWindow, DAY_MS, fitWindow, lastDays, shiftWindow, zoomWindow } from "./windows.js";

const PRESETS = ["30", "90", "365", "1095", "all"];

export class Progress {
  // `onChange({from, to, every}, {replace})` puts a choice into the URL.
  constructor(onChange) {
    this.onChange = onChange;
    this.players = [];
    this.range = new RangeSlider({
      onInput: (from, to) => this.draw({ from, to }),
      // Sliders fire many changes: they replace the history entry instead of adding one each.
      onChange: (from, to) => this.choose(fitWindow(from, to, this.all), { replace: true }),
    });
    this.charts = new Charts([byId("plot-pp"), byId("plot-rank")], {
      onSelect: (from, to) => this.choose(fitWindow(from, to, this.all)),
      onHover: (at) => this.showLegend(at),
      onReset: () => this.choose({ from: null, to: null }),
    });
    listenForKeys(byId("plots"), this);
    this.listenToButtons();
  }

  // Shows one or two Series. In `view`, `from`, `to` and `every` may be null. Only later choices are announced.
  async show(players, view) {
    Object.assign(this, { players, view, rendered: false });
    this.all = {
      from: Math.min(...players.map(({ first }) => first)),
      to: Math.max(...players.map(({ last }) => last)),
    };
    // A single snapshot has no width.
    if (this.all.to === this.all.from) this.all = { from: this.all.from - DAY_MS, to: this.all.to + DAY_MS };
    this.range.draw(players[0].weekly, this.all);
    await this.render();
  }

  // The chosen window, without open ends.
  get window() {
    return closeWindow(this.view, this.all);
  }

  // The window and interval to load.
  get detail() {
    const every = this.view.every ?? defaultInterval(this.window.from, this.window.to);
    return { from: this.view.from, to: this.view.to, every };
  }

  // The interval in the charts: weekly until the chosen one is loaded.
  get shownInterval() {
    return this.players.every((player) => player.has(this.detail)) ? this.detail.every : "week";
  }

  choose(change, options) {
    this.view = { ...this.view, ...change };
    this.onChange(change, options);
    return this.render();
  }

  // Draws loaded rows at once, then the chosen interval when it has arrived.
  async render() {
    this.controller?.abort();
    const { signal } = (this.controller = new AbortController());
    this.showChoices();
    this.draw(this.window);
    moveFocus(byId("plots-error"), byId("plots"));
    byId("plots-error").replaceChildren();
    if (!this.players.every((player) => player.has(this.detail))) {
      byId("progress").setAttribute("aria-busy", "true");
      try {
        await Promise.all(this.players.map((player) => player.load(this.detail, signal)));
      } catch (error) {
        if (signal.aborted) return;
        byId("plots-error").replaceChildren(errorBox(error, () => this.render()));
      }
      if (signal.aborted) return;
      this.draw(this.window);
    }
    byId("progress").setAttribute("aria-busy", "false");
    this.showText();
  }

  draw(window) {
    this.lists = this.players.map((player) => this.rowsOf(player));
    this.charts.show(this.lists, this.addPadding(window));
    this.range.setWindow(window);
    this.showLegend(null);
  }

  // The same list object while the rows are the same: the charts compare lists by identity.
  rowsOf(player) {
    const rows = player.rows(this.detail);
    const before = player.drawn;
    const same = before?.length === rows.length && before[0] === rows[0] && before.at(-1) === rows.at(-1);
    return same ? before : (player.drawn = rows);
  }

  // Padding on both sides, so that the newest point is not clipped.
  addPadding({ from, to }) {
    const padding = (to - from) * 0.012;
    return { from: from - padding, to: to + padding };
  }

  showLegend(at) {
    const until = at ?? this.window.to;
    const items = this.players.map(({ name }, index) => legendItem(name, rowAt(this.lists[index], until), index));
    byId("legend").replaceChildren(el("span", { class: "muted" }, at == null ? "Latest in range" : dateTime(at)), ...items);
  }

  showText() {
    const { from, to } = this.window;
    const texts = this.players.map(({ name }, index) => caption(name, within(this.lists[index], from, to)));
    byId("plots-caption").textContent =
      `${day(from)} to ${day(to)}, ${INTERVAL_LABELS[this.shownInterval]}. ${texts.join(" ")}`;
    fillTable(
      byId("plots-table"),
      this.players.map(({ name }, index) => ({ name, rows: within(this.lists[index], from, to) })),
    );
    if (this.rendered) announce(byId("plots-caption").textContent);
    this.rendered = true;
  }

  showChoices() {
    setPressed(byId("every"), "every", this.view.every ?? "auto");
    const { from, to } = this.view;
    const preset = PRESETS.find((days) => {
      const window = presetWindow(days, this.all);
      return window.from === from && window.to === to;
    });
    const whole = from == null && to == null;
    setPressed(byId("presets"), "days", whole ? "all" : preset);
    const { from: start, to: end } = this.window;
    for (const [name, disabled] of Object.entries({
      out: whole,
      earlier: from == null,
      later: to == null,
      in: end - start <= 3 * DAY_MS,
    })) {
      byId(`zoom-${name}`).setAttribute("aria-disabled", String(disabled));
    }
  }

  zoom(factor, around) {
    return this.choose(zoomWindow(this.window, factor, this.all, around));
  }

  move(share) {
    return this.choose(shiftWindow(this.window, share, this.all));
  }

  listenToButtons() {
    const actions = {
      in: () => this.zoom(0.5),
      out: () => this.zoom(2),
      earlier: () => this.move(-0.5),
      later: () => this.move(0.5),
    };
    for (const [name, action] of Object.entries(actions)) {
      byId(`zoom-${name}`).addEventListener("click", ({ currentTarget }) => {
        if (currentTarget.getAttribute("aria-disabled") !== "true") action();
      });
    }
    byId("presets").addEventListener("click", ({ target }) => {
      const { days } = target.dataset;
      if (days) this.choose(presetWindow(days, this.all));
    });
    byId("every").addEventListener("click", ({ target }) => {
      const { every } = target.dataset;
      if (every) this.choose({ every: every in INTERVALS ? every : null });
    });
  }
}

const presetWindow = (days, all) => (days === "all" ? { from: null, to: null } : lastDays(Number(days), all));

const within = (rows, from, to) => rows.filter(({ at }) => at >= from && at <= to);
