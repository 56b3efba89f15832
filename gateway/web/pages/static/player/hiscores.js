// The paginated table of hiscores, ordered by pp or by date.

import { byId, button, el, moveFocus, setPressed, timeElement } from "../shared/elements.js";
import { errorBox } from "../shared/error-box.js";
import { count, day, decimal } from "../shared/format.js";
import { beatmapLink, gradeBadge, modList } from "../shared/plays.js";
import { hiscores } from "./queries.js";

const FIRST_PAGE = 10;
const NEXT_PAGES = 50;

export class Hiscores {
  constructor() {
    this.order = "PP_DESC";
    this.best = true;
    byId("order").addEventListener("click", ({ target }) => {
      if (target.dataset.order) this.choose({ order: target.dataset.order });
    });
    byId("best").addEventListener("change", ({ target }) => this.choose({ best: target.checked }));
  }

  choose(change) {
    Object.assign(this, change);
    this.load();
  }

  show(id, mode) {
    if (id !== this.id || mode !== this.mode) this.clear();
    Object.assign(this, { id, mode });
    return this.load();
  }

  // Without the plays of another mode.
  clear() {
    byId("plays").replaceChildren();
    byId("hiscores-more").replaceChildren(el("span", { class: "loading" }, "Loading hiscores …"));
  }

  // Asks for the shown plays again. The table stays if they are the same, or if the request fails.
  async refresh() {
    if (!this.plays) return;
    const { signal } = this.controller;
    const { order, best } = this;
    const first = Math.max(FIRST_PAGE, this.plays.length);
    const page = await hiscores(this.id, this.mode, { order, best, first }, signal).catch(() => null);
    if (!page || signal.aborted || JSON.stringify(page.nodes) === JSON.stringify(this.plays)) return;
    this.put(page);
  }

  async load(after = null) {
    this.plays = after && this.plays;
    this.controller?.abort();
    const { signal } = (this.controller = new AbortController());
    setPressed(byId("order"), "order", this.order);
    byId("hiscores").setAttribute("aria-busy", "true");
    try {
      const { order, best } = this;
      const page = await hiscores(
        this.id,
        this.mode,
        { order, best, first: after ? NEXT_PAGES : FIRST_PAGE, after },
        signal,
      );
      this.put(page, after);
    } catch (error) {
      if (signal.aborted) return;
      byId("hiscores-more").replaceChildren(errorBox(error, () => this.load(after)));
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
    moveFocus(byId("hiscores-more"), byId("hiscores-table"));
    if (after) body.append(...lines);
    else body.replaceChildren(...lines);
    const more = button(`Show ${Math.min(NEXT_PAGES, totalCount - body.rows.length)} more`, () =>
      this.load(pageInfo.endCursor),
    );
    const status = totalCount
      ? `${count(body.rows.length)} of ${count(totalCount)}`
      : "No recorded hiscores.";
    byId("hiscores-more").replaceChildren(
      el("span", { class: "muted text-small", role: "status" }, status),
      ...(pageInfo.hasNextPage ? [more] : []),
    );
    if (after) lines[0]?.querySelector("a").focus();
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
