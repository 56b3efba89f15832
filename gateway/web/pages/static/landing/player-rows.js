// The players on the home page: the card of the own one, and the rows of the others.

import { renameAvatar } from "../shared/avatar.js";
import { el } from "../shared/elements.js";
import { myPlayers } from "../shared/my-players.js";
import { actionsOf, cellOf, choiceOf, nameOf, PERIODS, stateText, tilesOf } from "./player-cells.js";

export function ownCard(player, options) {
  const actions = el("div", { class: "actions" }, actionsOf(player, options));
  const head = el("div", { class: "own-head" }, choiceOf(player, options), nameOf(player), actions);
  return el("div", { "data-player": player.id }, head, tilesOf(player));
}

export function row(player, options) {
  return el(
    "tr",
    { "data-player": player.id },
    el("td", { class: "choice" }, choiceOf(player, options)),
    el("th", { scope: "row" }, nameOf(player)),
    ["rank", ...Object.keys(PERIODS), "shortest"].map((name) => el("td", { class: "number", "data-cell": name }, cellOf(player, name))),
    el("td", { class: "actions" }, actionsOf(player, options)),
  );
}

// Shows the stored stats of a player. Controls stay, and with them the focus.
export function updatePlayer(id) {
  const player = myPlayers().find((each) => each.id === id);
  const place = document.querySelector(`#my-players [data-player="${id}"]`);
  if (!player || !place) return;
  place.querySelector(".player a").textContent = player.name;
  renameAvatar(place.querySelector(".avatar"), player.name);
  place.querySelector(".player-state").textContent = stateText(player);
  const tiles = place.querySelector("dl");
  if (tiles) return putTiles(tiles, tilesOf(player));
  for (const cell of place.querySelectorAll("[data-cell]")) cell.replaceChildren(...cellOf(player, cell.dataset.cell));
}

function putTiles(before, tiles) {
  const hasFocus = before.contains(document.activeElement);
  before.replaceWith(tiles);
  if (hasFocus) tiles.querySelector("a").focus();
}
