// Pages without numbers: an invalid URL, a player without data, a year without snapshots.

import { byId, el } from "../shared/elements.js";
import { day } from "../shared/format.js";
import { FIRST_YEAR, hrefOf, playerHref } from "./view.js";

export function showInvalid(view) {
  byId("invalid").hidden = false;
  for (const name of ["year-header", "loading"]) byId(name).hidden = true;
  document.title = "Invalid year · osutrack-gateway";
  if (!view.id) {
    byId("invalid-title").textContent = "Invalid player ID";
    byId("invalid-text").textContent =
      `“${view.player.slice(0, 40)}” is not a player ID. A player ID is the number in the profile URL.`;
    return;
  }
  const last = new Date().getUTCFullYear();
  byId("invalid-text").textContent =
    `There is no review of the year “${view.text.slice(0, 40)}”. Years are from ${FIRST_YEAR} to ${last}.`;
  const years = [last - 1, last].map((year) => el("a", { class: "button", href: hrefOf(view, year) }, String(year)));
  byId("invalid-link").before(...years);
  byId("invalid-link").href = playerHref(view);
  byId("invalid-link").textContent = "Player page";
}

export function showEmpty(view, name, stats) {
  const player = el("a", { class: "button primary", href: playerHref(view) }, "Player page");
  if (!stats.tracked) {
    byId("empty-title").textContent = "No data yet";
    byId("empty-text").textContent =
      `osu!track has no data about ${name} in ${view.mode.title}. Tracking starts with an update on the player page.`;
    byId("empty-links").replaceChildren(player);
    return;
  }
  const { earliest, latest, last, next } = stats;
  byId("empty-title").textContent = `No snapshots of ${view.year}`;
  byId("empty-text").textContent =
    `osu!track has snapshots of ${name} in ${view.mode.title} from ${day(earliest.at)} to ${day(latest.at)}, but none of ${view.year}.`;
  const years = [last, next].filter(Boolean).map(({ at }) => new Date(at).getUTCFullYear());
  byId("empty-links").replaceChildren(
    ...years.map((year) => el("a", { class: "button", href: hrefOf(view, year) }, String(year))),
    player,
  );
}
