// The best plays of a player: some, then more, by pp or by date.

import { byId, button, el, leave, outside, press, unseen, when } from "./elements.js";
import { count, day, decimal } from "./format.js";
import { hiscores } from "./questions.js";
import { troubleBox } from "./trouble.js";

const FIRST = 10;
const MORE = 50;
const GRADES = { XH: "SS", X: "SS", SH: "S", S: "S" };
const SILVER = new Set(["XH", "SH"]);

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
    Object.assign(this, { id, mode });
    return this.load();
  }

  async load(after = null) {
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    press(byId("order"), "order", this.order);
    byId("hiscores").setAttribute("aria-busy", "true");
    try {
      const { order, best } = this;
      const page = await hiscores(this.id, this.mode, { order, best, first: after ? MORE : FIRST, after }, signal);
      this.put(page, after);
    } catch (trouble) {
      if (signal.aborted) return;
      byId("hiscores-more").replaceChildren(troubleBox(trouble, () => this.load(after)));
      if (!after) byId("plays").replaceChildren();
      byId("hiscores-table").hidden = !after;
    }
    byId("hiscores").setAttribute("aria-busy", "false");
  }

  put({ nodes, totalCount, pageInfo }, after) {
    const lines = nodes.map(line);
    const body = byId("plays");
    byId("hiscores-table").hidden = totalCount === 0;
    leave(byId("hiscores-more"), byId("hiscores-table"));
    if (after) body.append(...lines);
    else body.replaceChildren(...lines);
    const more = button(`Show ${Math.min(MORE, totalCount - body.rows.length)} more`, () =>
      this.load(pageInfo.endCursor),
    );
    const told = totalCount
      ? `${count(body.rows.length)} of ${count(totalCount)}`
      : "osu!track has recorded no hiscores here.";
    byId("hiscores-more").replaceChildren(
      el("span", { class: "soft fine", role: "status" }, told),
      ...(pageInfo.hasNextPage ? [more] : []),
    );
    if (after) lines[0]?.querySelector("a").focus();
  }
}

export function gradeBadge(grade) {
  if (!grade) return el("span", { class: "grade" }, "?", unseen(" unknown grade"));
  const silver = SILVER.has(grade);
  return el(
    "span",
    { class: `grade grade-${GRADES[grade] ?? grade}${silver ? " silver" : ""}` },
    GRADES[grade] ?? grade,
    silver && unseen(" silver"),
  );
}

export function modList({ acronyms }) {
  if (!acronyms.length) return el("span", { class: "soft" }, "–", unseen("no mods"));
  return el(
    "span",
    { class: "mods" },
    acronyms.map((mod) => el("span", {}, mod)),
  );
}

export const mapLink = ({ beatmapUrl, beatmapId }) => outside(beatmapUrl, `Beatmap ${beatmapId}`);

function line(play) {
  return el(
    "tr",
    {},
    el("td", {}, gradeBadge(play.grade)),
    el("th", { scope: "row" }, mapLink(play), el("small", { class: "narrow" }, day(play.playedAt))),
    el("td", {}, modList(play.mods)),
    el("td", { class: "number strong" }, decimal(play.pp)),
    el("td", { class: "number wide" }, count(play.score)),
    el("td", { class: "number soft wide" }, when(play.playedAt, day(play.playedAt))),
  );
}
