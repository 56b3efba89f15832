// The paginated table of hiscores, ordered by pp or by date, with filters by mods and grade.

import { byId, button, el, moveFocus, setPressed, timeElement } from "../shared/elements.js";
import { errorBox } from "../shared/error-box.js";
import { listenToFilters, showFilters } from "../shared/filter-controls.js";
import { count, day, decimal } from "../shared/format.js";
import { nextPageSize } from "../shared/page-sizes.js";
import { filterText, NO_FILTERS, scoreFilter } from "../shared/play-filters.js";
import { beatmapLink, gradeBadge, modList } from "../shared/plays.js";
import { exportLink } from "./header.js";
import { hiscores } from "./queries.js";

const FIRST_PAGE = 10;

export class Hiscores {
  // `viewNow()` is the view of the page. `onChoose(change)` changes it, and the address.
  constructor(viewNow, onChoose) {
    Object.assign(this, { viewNow, onChoose, loading: null });
    byId("order").addEventListener("click", ({ target }) => {
      const { sort } = target.dataset;
      if (sort) this.choose({ sort: sort === "newest" ? sort : null });
    });
    byId("best").addEventListener("change", ({ target }) => this.choose({ plays: target.checked ? null : "all" }));
    listenToFilters(viewNow, (change) => this.choose(change));
  }

  choose(change) {
    this.onChoose(change);
    this.showChoice();
    this.load();
  }

  // The choice in the address.
  get choice() {
    const view = this.viewNow();
    const order = view.sort === "newest" ? "PLAYED_AT_DESC" : "PP_DESC";
    return { order, best: view.plays !== "all", filter: scoreFilter(view) };
  }

  showChoice() {
    const view = this.viewNow();
    setPressed(byId("order"), "sort", view.sort ?? "pp");
    byId("best").checked = view.plays !== "all";
    showFilters(view);
  }

  // The address has changed.
  follow() {
    this.showChoice();
    if (this.id && JSON.stringify(this.choice) !== this.shown) this.load();
  }

  // `place`: the ID of the part of the page that gets the section.
  show(id, mode, place) {
    if (id !== this.id || mode !== this.mode) this.clear();
    Object.assign(this, { id, mode });
    this.moveTo(place);
    return this.load();
  }

  moveTo(place) {
    if (byId("hiscores").parentElement.id !== place) byId(place).append(byId("hiscores"));
  }

  // For another player or mode: nothing is loaded before `show`.
  reset() {
    this.controller?.abort();
    this.id = this.plays = null;
    this.moveTo("player-data");
    this.showChoice();
  }

  // Without the plays of another mode.
  clear() {
    byId("plays").replaceChildren();
    byId("hiscores-more").replaceChildren(el("span", { class: "loading" }, "Loading hiscores …"));
  }

  // Whether the gateway has cached plays of the player.
  get areCached() {
    return Boolean(this.plays && (this.plays.length || this.choice.filter));
  }

  // Asks for the shown plays again. The table stays if they are the same, or if the request fails.
  async refresh() {
    if (!this.plays) return;
    const { signal } = this.controller;
    const first = Math.max(FIRST_PAGE, this.plays.length);
    const page = await hiscores(this.id, this.mode, this.choice, { first }, signal).catch(() => null);
    if (!page || signal.aborted || JSON.stringify(page.nodes) === JSON.stringify(this.plays)) return;
    this.put(page);
  }

  load(after = null) {
    return (this.loading = this.loadPart(after));
  }

  // The end of all loads in progress.
  async settled() {
    for (let last = null; last !== this.loading; ) await (last = this.loading);
  }

  async loadPart(after) {
    this.plays = after && this.plays;
    this.controller?.abort();
    const { signal } = (this.controller = new AbortController());
    const { choice } = this;
    this.shown = JSON.stringify(choice);
    byId("hiscores").setAttribute("aria-busy", "true");
    try {
      const part = { first: after ? nextPageSize(this.plays.length, FIRST_PAGE) : FIRST_PAGE, after };
      this.put(await hiscores(this.id, this.mode, choice, part, signal), after);
    } catch (error) {
      if (signal.aborted) return;
      // osu!track may update an untracked player: on a click only.
      const isManual = byId("untracked").contains(byId("hiscores"));
      byId("hiscores-more").replaceChildren(errorBox(error, Object.assign(() => this.load(after), { isManual })));
      if (!after) byId("plays").replaceChildren();
      byId("hiscores-table").hidden = !after;
    }
    byId("hiscores").setAttribute("aria-busy", "false");
  }

  put({ nodes, totalCount, pageInfo }, after) {
    const lines = nodes.map(tableRow);
    this.plays = after ? [...this.plays, ...nodes] : nodes;
    const body = byId("plays");
    byId("hiscores-table").hidden = totalCount === 0;
    moveFocus(byId("hiscores-more"), byId(totalCount ? "hiscores-table" : "hiscores-title"));
    if (after) body.append(...lines);
    else body.replaceChildren(...lines);
    this.showPaging(totalCount, pageInfo);
    if (after) lines[0]?.querySelector("a").focus();
  }

  showPaging(totalCount, { hasNextPage, endCursor }) {
    const shown = byId("plays").rows.length;
    const isFiltered = filterText(this.viewNow()) !== "";
    const none = isFiltered ? "No hiscore matches the filters." : "No recorded hiscores.";
    const status = totalCount ? `${count(shown)} of ${count(totalCount)}` : none;
    const more = nextPageSize(shown, FIRST_PAGE);
    const actions = [
      hasNextPage && button(`Show ${Math.min(more, totalCount - shown)} more`, () => this.load(endCursor)),
      !totalCount && isFiltered && button("Remove filters", () => this.choose(NO_FILTERS)),
    ];
    byId("hiscores-more").replaceChildren(
      el("span", { class: "muted text-small", role: "status" }, status),
      ...(totalCount ? [el("span", { class: "text-small export" }, exportLink(this.id, this.mode, "hiscores", "Hiscores (CSV)"))] : []),
      ...actions.filter(Boolean),
    );
  }
}

const numberHead = (text, isWide) => el("th", { scope: "col", class: `number${isWide ? " wide-only" : ""}` }, text);

export function tableHead() {
  const texts = ["Grade", "Beatmap", "Mods"].map((text) => el("th", { scope: "col" }, text));
  return el("thead", {}, el("tr", {}, texts, numberHead("pp"), numberHead("Score", true), numberHead("Played", true)));
}

export function tableRow(play) {
  return el(
    "tr",
    {},
    el("td", {}, gradeBadge(play.grade)),
    el("th", { scope: "row" }, beatmapLink(play), el("small", { class: "narrow-only" }, day(play.playedAt))),
    el("td", {}, modList(play.mods)),
    el("td", { class: "number strong" }, decimal(play.pp)),
    el("td", { class: "number wide-only" }, count(play.score)),
    el("td", { class: "number muted wide-only" }, timeElement(play.playedAt, day(play.playedAt))),
  );
}
