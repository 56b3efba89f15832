// The table of plays, with links to the players and beatmaps.

import { avatar } from "../shared/avatar.js";
import { byId, el, timeElement } from "../shared/elements.js";
import { ago, count, day, decimal } from "../shared/format.js";
import { displayName } from "../player/header.js";
import { beatmapLink, gradeBadge, modList } from "../shared/plays.js";
import * as address from "../player/view.js";

const RECENT_DAYS = 7;

// Adds rows below the others, or replaces them. Returns the new rows.
export function putRows(plays, view, { append }) {
  const body = byId("plays");
  const before = append ? body.rows.length : 0;
  const rows = plays.map((play, index) => tableRow(play, before + index + 1, view));
  if (append) body.append(...rows);
  else body.replaceChildren(...rows);
  return rows;
}

export const shownRows = () => byId("plays").rows.length;

function tableRow(play, place, { mode, days }) {
  const { user } = play;
  const player = el("a", { href: `players/${user.id}${address.search({ mode })}` }, displayName(user, user.id));
  const played = days != null && days <= RECENT_DAYS ? ago(play.playedAt) : day(play.playedAt);
  return el(
    "tr",
    { "data-unnamed": user.username ? null : user.id },
    el("td", { class: "number muted" }, count(place)),
    el("td", {}, gradeBadge(play.grade)),
    el("th", { scope: "row" }, el("div", { class: "player" }, avatarOf(user), player)),
    el("td", { class: "beatmap" }, beatmapLink(play)),
    el("td", { class: "play-mods" }, modList(play.mods)),
    el("td", { class: "number strong pp" }, decimal(play.pp)),
    el("td", { class: "number score" }, count(play.score)),
    el("td", { class: "number muted played" }, timeElement(play.playedAt, played)),
  );
}

// The name beside it says the same to screen readers.
function avatarOf(user) {
  const element = avatar(user.id, displayName(user, user.id));
  element.setAttribute("aria-hidden", "true");
  return element;
}
