// The compared players beside the player of the page: loads their data, and shows the table. A player that fails does
// not affect the others.

import { displayName } from "../player/header.js";
import { setName } from "../player/title.js";
import { parseAddress } from "../shared/address.js";
import { reasonAgainst, selectPlayers } from "../shared/compared-players.js";
import { announce } from "../shared/elements.js";
import { findPlayer } from "../shared/names.js";
import { areUnlike, dayOf, gainOf, sinceText, windowKey } from "../shared/windows.js";
import { announcement } from "./problems.js";
import { failureOf, gains, players } from "./queries.js";
import { showTable } from "./table.js";

export class Comparison {
  // `onDraw()` is called when the charts need other series, `onChoose({ compare, leftOut }, { replace })` when the list
  // of players changes. `hrefOf(address)` is the address of a player's page, `seriesOf(id, response)` its series, and
  // `windowOf()` the window of the charts: `from` and `to`, null if open, and their dates in `shown`.
  constructor({ onDraw, onChoose, hrefOf, seriesOf, windowOf }) {
    Object.assign(this, { onDraw, onChoose, hrefOf, seriesOf, windowOf });
    this.clear();
  }

  clear() {
    Object.assign(this, { entries: new Map(), own: null, view: null, drawn: new Map() });
  }

  // The compared players in the order of the address. An entry has a `key`, which is an ID or a name there, and a
  // `status`: "loading", "loaded", "untracked", "failed" or "unresolved".
  get shown() {
    return this.view?.compare.map((key) => this.entries.get(key) ?? { key, status: "loading" }) ?? [];
  }

  get loaded() {
    return this.shown.filter(({ status }) => status === "loaded");
  }

  get series() {
    return this.loaded.map(({ series }) => series);
  }

  // Loads the players of the view that are not loaded; all of them if `quiet`, and keeps their content meanwhile. `own`
  // is the response about the player of the page.
  async load(view, own, signal, { quiet = false } = {}) {
    Object.assign(this, { view, signal });
    if (this.own?.response !== own) this.own = loadedEntry(view.id, own.series, own);
    const missing = view.compare.filter((key) => quiet || !this.entries.has(key));
    if (!quiet) missing.forEach((key) => this.entries.set(key, { key, status: "loading" }));
    const ids = missing.filter((key) => parseAddress(key).id);
    const names = missing.filter((key) => !quiet && !ids.includes(key));
    await Promise.all([this.draw(), ids.length && this.loadPlayers(ids, quiet), ...names.map((key) => this.resolve(key))]);
    await this.loadGains();
  }

  async loadPlayers(ids, quiet) {
    const { entries, signal, view } = this;
    const responses = await players(ids, view.mode, signal).catch((error) => ids.map(() => failureOf(error)));
    responses.forEach((response, index) => {
      const id = ids[index];
      if (!quiet && signal.aborted) entries.delete(id);
      else if (!signal.aborted && !(quiet && response.error)) entries.set(id, this.entryOf(id, response));
    });
    if (entries !== this.entries || signal.aborted) return;
    if (!quiet) announce(ids.map((id) => announcement(entries.get(id))).join(" "));
    await this.draw();
  }

  entryOf(id, response) {
    if (response.error) return { key: id, name: `ID ${id}`, status: "failed", failure: response };
    const name = displayName(response.user, id);
    setName(id, name);
    if (!response.stats.tracked) return { key: id, name, status: "untracked" };
    return loadedEntry(id, this.seriesOf(id, response), response);
  }

  // Replaces a name by its ID, or shows why it is not known. Without such a player, the name takes no place.
  async resolve(key) {
    const { entries } = this;
    const { name } = parseAddress(key);
    const found = await findPlayer(name).catch(failureOf);
    if (entries !== this.entries || !this.view.compare.includes(key)) return;
    if (found.id) return this.rename(key, found.id);
    const status = found.error ? "failed" : found.isMissing ? "missing" : "unresolved";
    const entry = { key, name, status, failure: found };
    announce(announcement(entry));
    if (found.isMissing) return this.leaveOut(key, "missing");
    entries.set(key, entry);
    await this.draw();
  }

  rename(key, id) {
    const { compare } = this.view;
    const reason = reasonAgainst({ id }, compare.filter((each) => each !== key), this.view);
    if (reason) return this.leaveOut(key, reason);
    return this.choose({ compare: compare.map((each) => (each === key ? id : each)) }, { replace: true });
  }

  // Players left out for the limit take its place.
  leaveOut(key, reason) {
    const others = this.view.compare.filter((each) => each !== key);
    const waiting = this.view.leftOut.filter((each) => each.reason === "limit");
    const { players: compare, leftOut } = selectPlayers([...others, ...waiting.map(({ text }) => text)], this.view);
    const before = this.view.leftOut.filter((each) => !waiting.includes(each));
    return this.choose({ compare, leftOut: [...before, { text: key, reason }, ...leftOut] }, { replace: true });
  }

  retry(key) {
    this.entries.delete(key);
    return this.load(this.view, this.own.response, this.signal);
  }

  remove({ key, name = key }) {
    announce(`${name} removed from the comparison.`);
    return this.choose({ compare: this.view.compare.filter((each) => each !== key), leftOut: [] });
  }

  // The view changes at once: another name can be resolved before the page calls `load`.
  choose(change, options) {
    this.view = { ...this.view, ...change };
    return this.onChoose(change, options);
  }

  // Loads the gains in the window of the charts, where they are missing. The first request waits for a player.
  async loadGains() {
    this.show();
    if (!this.loaded.length && (!this.shown.length || this.shown.some(({ status }) => status === "loading"))) return;
    const [{ signal, view }, window] = [this, this.windowOf()];
    const missing = [this.own, ...this.loaded].filter(({ gains: known }) => !known.has(windowKey(window)));
    if (!missing.length) return;
    missing.forEach(({ gains: known }) => known.set(windowKey(window), {}));
    const ids = missing.map(({ key }) => key);
    const found = await gains(ids, view.mode, window, signal).catch((error) => ids.map(() => failureOf(error)));
    missing.forEach(({ gains: known }, index) =>
      signal.aborted ? known.delete(windowKey(window)) : known.set(windowKey(window), found[index]),
    );
    this.show();
  }

  retryGains() {
    const key = windowKey(this.windowOf());
    for (const { gains: known } of [this.own, ...this.loaded]) if (known.get(key)?.error) known.delete(key);
    return this.loadGains();
  }

  // Shows the table, and draws the charts if their series have changed.
  async draw() {
    this.shown.forEach(({ series }, index) => series && (series.slot = index + 1));
    this.show();
    const drawn = new Map(this.series.map((series) => [series, series.slot]));
    const isSame = drawn.size === this.drawn.size && [...drawn].every(([series, slot]) => this.drawn.get(series) === slot);
    this.drawn = drawn;
    if (!isSame) await this.onDraw();
  }

  show() {
    if (!this.view) return;
    const { shown: dates, ...window } = this.windowOf();
    const withGain = (entry) => {
      const found = entry.gains?.get(windowKey(window));
      const gain = found && "gain" in found ? { ...found, gain: gainOf(found, dates) } : found;
      return { ...entry, gain, gainsFrom: otherStart(gain?.gain, window, dates) };
    };
    const actions = { remove: (entry) => this.remove(entry), retry: (key) => this.retry(key), retryGains: () => this.retryGains() };
    const rows = [this.own, ...this.shown].map(withGain);
    const isUnlike = window.from == null && areUnlike(rows.map(({ gain }) => gain?.gain).filter(Boolean));
    showTable({ rows: isUnlike ? rows.map(withoutGain) : rows, isUnlike, view: this.view, dates, hrefOf: this.hrefOf, actions });
  }
}

const loadedEntry = (id, series, response) => ({
  key: id,
  name: series.name,
  status: "loaded",
  series,
  response,
  stats: response.stats,
  ageSeconds: response.ageSeconds ?? 0,
  gains: new Map(),
});

const withoutGain = (entry) => ({ ...entry, gain: null, gainsFrom: null });

// The start of a gain, if it is later than that of the window.
function otherStart(gain, { from }, dates) {
  if (!gain) return null;
  const isOther = from == null ? dayOf(Date.parse(gain.start.at)) > dates.from : sinceText(gain, dates);
  return isOther ? gain.start.at : null;
}
