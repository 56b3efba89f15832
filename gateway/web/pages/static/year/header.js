// The top of the page: player, year, modes, and links to other years.

import { showIdentity } from "../player/header.js";
import { MODES, modeTitle } from "../player/view.js";
import { cardFile } from "../shared/card-file.js";
import { byId, el } from "../shared/elements.js";
import { titleName } from "../shared/names.js";
import { wholeYear } from "../activity/periods.js";
import { hrefOf, playerHref } from "./view.js";

export function showHeader(view, name) {
  const { year, mode } = view;
  const kind = Date.now() < wholeYear(year).to ? "so far" : "in review";
  document.title = `${titleName(name)} · ${modeTitle(mode)} · ${year} ${kind} · osutrack-gateway`;
  byId("year").textContent = year;
  byId("year-kind").textContent = kind;
  showIdentity(view.id, name);
  byId("name").href = playerHref(view);
  byId("modes").replaceChildren(...MODES.map((each) => modeLink(each, view)));
  byId("card-link").href = cardFile({ mode, ...wholeYear(year) });
}

const modeLink = (each, { mode, year }) =>
  el("a", { href: hrefOf({ mode: each }, year), "aria-current": each === mode ? "page" : null }, each.title);

// Links to the years before and after, as far as there are snapshots.
export function showYears(view, { earliest, latest }) {
  const [first, last] = [earliest, latest].map(({ at }) => new Date(at).getUTCFullYear());
  const before = view.year > first ? Math.min(view.year - 1, last) : null;
  const after = view.year < last ? Math.max(view.year + 1, first) : null;
  byId("years").replaceChildren(
    ...(before ? [el("a", { class: "button small", href: hrefOf(view, before), rel: "prev" }, `← ${before}`)] : []),
    ...(after ? [el("a", { class: "button small", href: hrefOf(view, after), rel: "next" }, `${after} →`)] : []),
  );
}
