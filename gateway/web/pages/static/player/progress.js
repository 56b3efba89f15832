// The part of the page with the charts: which window, how fine, what is pointed at, and the same in words and as a
// table.

import { INTERVALS } from "./address.js";
import { Charts } from "./chart.js";
import { announce, byId, el, leave, press } from "./elements.js";
import { day, moment } from "./format.js";
import { fineness, rowAt } from "./series.js";
import { listen } from "./keys.js";
import { Strip } from "./strip.js";
import { fillTable } from "./table.js";
import { troubleBox } from "./trouble.js";
import { DAY_MS, closed, fitted, lastDays, moved, zoomed } from "./windows.js";
import { EACH, inWords, reading } from "./words.js";

const PRESETS = { 30: "30 days", 90: "90 days", 365: "1 year", 1095: "3 years", all: "All" };

export class Progress {
  // `changed({from, to, every}, {replace})` puts into the address what has been chosen.
  constructor(changed) {
    this.changed = changed;
    this.players = [];
    this.strip = new Strip({
      // A slider moves in many steps, which are not all worth a step of the way back.
      chosen: (from, to) => this.choose(fitted(from, to, this.all), { replace: true }),
      moving: (from, to) => this.draw({ from, to }),
    });
    this.charts = new Charts([byId("plot-pp"), byId("plot-rank")], {
      dragged: (from, to) => this.choose(fitted(from, to, this.all)),
      pointed: (at) => this.read(at),
      reset: () => this.choose({ from: null, to: null }),
    });
    listen(byId("plots"), this);
    this.listenToButtons();
  }

  // Show these players (one or two Series) as `view` says: `from` and `to` may be open, `every` not chosen.
  async show(players, view) {
    Object.assign(this, { players, view });
    this.all = {
      from: Math.min(...players.map(({ first }) => first)),
      to: Math.max(...players.map(({ last }) => last)),
    };
    // A single snapshot has no width of its own.
    if (this.all.to === this.all.from) this.all = { from: this.all.from - DAY_MS, to: this.all.to + DAY_MS };
    this.strip.draw(players[0].weekly, this.all);
    await this.render();
  }

  // What is chosen, nothing left open.
  get window() {
    return closed(this.view, this.all);
  }

  get fine() {
    const every = this.view.every ?? fineness(this.window.from, this.window.to);
    return { from: this.view.from, to: this.view.to, every };
  }

  // How fine the charts are, which may be less than was asked for: what can't be had is drawn by week.
  get shownEvery() {
    return this.players.every((player) => player.has(this.fine)) ? this.fine.every : "week";
  }

  choose(change, how) {
    this.view = { ...this.view, ...change };
    this.changed(change, how);
    return this.render();
  }

  // At once with what is here, then again with what had to be asked for.
  async render() {
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    this.showChoices();
    this.draw(this.window);
    leave(byId("plots-trouble"), byId("plots"));
    byId("plots-trouble").replaceChildren();
    if (!this.players.every((player) => player.has(this.fine))) {
      byId("progress").setAttribute("aria-busy", "true");
      try {
        await Promise.all(this.players.map((player) => player.refine(this.fine, signal)));
      } catch (trouble) {
        if (signal.aborted) return;
        byId("plots-trouble").replaceChildren(troubleBox(trouble, () => this.render()));
      }
      if (signal.aborted) return;
      this.draw(this.window);
    }
    byId("progress").setAttribute("aria-busy", "false");
    this.tell();
  }

  draw(window) {
    this.lists = this.players.map((player) => this.kept(player));
    this.charts.show(this.lists, this.padded(window));
    this.strip.place(window);
    this.read(null);
  }

  // The same list for the same view, so that the charts know that nothing has changed.
  kept(player) {
    const rows = player.rows(this.fine);
    const before = player.drawn;
    const same = before?.length === rows.length && before[0] === rows[0] && before.at(-1) === rows.at(-1);
    return same ? before : (player.drawn = rows);
  }

  // A little room at either side, so that the newest point is not cut in half.
  padded({ from, to }) {
    const room = (to - from) * 0.012;
    return { from: from - room, to: to + room };
  }

  read(at) {
    const until = at ?? this.window.to;
    const readings = this.players.map(({ name }, index) => reading(name, rowAt(this.lists[index], until), index));
    byId("reading").replaceChildren(
      el("span", { class: "soft" }, at == null ? "Latest here" : moment(at)),
      ...readings,
    );
  }

  tell() {
    const { from, to } = this.window;
    const texts = this.players.map(({ name }, index) => inWords(name, within(this.lists[index], from, to)));
    byId("plots-words").textContent = `${day(from)} to ${day(to)}, ${EACH[this.shownEvery]}. ${texts.join(" ")}`;
    fillTable(
      byId("plots-table"),
      this.players.map(({ name }, index) => ({ name, rows: within(this.lists[index], from, to) })),
    );
    if (this.told) announce(byId("plots-words").textContent);
    this.told = true;
  }

  showChoices() {
    press(byId("every"), "every", this.view.every ?? "auto");
    const { from, to } = this.view;
    const preset = Object.keys(PRESETS).find((days) => {
      const window = presetWindow(days, this.all);
      return window.from === from && window.to === to;
    });
    press(byId("presets"), "days", from == null && to == null ? "all" : preset);
    const { from: start, to: end } = this.window;
    const whole = from == null && to == null;
    for (const [name, off] of Object.entries({
      out: whole,
      earlier: from == null,
      later: to == null,
      in: end - start <= 3 * DAY_MS,
    })) {
      byId(`zoom-${name}`).setAttribute("aria-disabled", String(off));
    }
  }

  zoom(factor, around) {
    return this.choose(zoomed(this.window, factor, this.all, around));
  }

  move(share) {
    return this.choose(moved(this.window, share, this.all));
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
