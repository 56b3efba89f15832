// The visitor's players on the home page: a card of the own one, a table of the others, and a choice of those to compare.

import { byId, el } from "../shared/elements.js";
import { MAX_PLAYERS } from "../shared/compared-players.js";
import { forget, myPlayers } from "../shared/my-players.js";
import { ownPlayer, setOwnPlayer } from "../shared/own-player.js";
import { PERIODS } from "./player-cells.js";
import { listenToRefresh, loadFirst } from "./player-loads.js";
import { ORDERS, ordered, readOrder, storeOrder } from "./player-order.js";
import { ownCard, row, updatePlayer } from "./player-rows.js";

let order = readOrder();

// The own player, then the others in the chosen order.
function players() {
  const own = ownPlayer();
  const all = myPlayers().map((player) => ({ ...player, isOwn: player.id === own }));
  return [...all.filter(({ isOwn }) => isOwn), ...ordered(all.filter(({ isOwn }) => !isOwn), order)];
}

function show() {
  const all = players();
  const others = all.filter(({ isOwn }) => !isOwn);
  byId("my-players").hidden = all.length === 0;
  // As in room.js: with players, the page has no introduction.
  document.documentElement.toggleAttribute("data-players", all.length > 0);
  const options = { hasChoice: all.length > 1, isOwnKnown: others.length < all.length, onOwn: chooseOwn, onRemove: removePlayer };
  const selected = chosen();
  const own = all.filter(({ isOwn }) => isOwn);
  byId("own-card").replaceChildren(...own.map((player) => ownCard(player, options)));
  byId("own-box").hidden = own.length === 0;
  // Visitors without an own player do not need this module.
  if (own.length) import("./own-update.js").then(({ showOwnUpdate }) => showOwnUpdate(own[0])).catch(console.error);
  byId("my-players-list").replaceChildren(...others.map((player) => row(player, options)));
  byId("my-players-table").hidden = others.length === 0;
  byId("my-players-table").dataset.gain = Object.hasOwn(PERIODS, order) ? order : "shortest";
  byId("my-players-order").hidden = others.length < 2;
  byId("my-players-compare").hidden = all.length < 2;
  for (const box of boxes()) box.checked = selected.includes(box.value);
  showChoice();
}

export function showMyPlayers() {
  listen();
  show();
  loadFirst(players(), updatePlayer);
}

function listen() {
  const select = byId("my-players-order");
  select.replaceChildren(...Object.entries(ORDERS).map(([value, title]) => el("option", { value }, title)));
  select.value = order;
  select.addEventListener("change", () => {
    order = select.value;
    storeOrder(order);
    show();
  });
  listenToRefresh(players, { onStats: updatePlayer, onEnd: () => byId("my-players-list").contains(document.activeElement) || show() });
  byId("my-players").addEventListener("change", showChoice);
  byId("my-players-compare").addEventListener("submit", (event) => {
    event.preventDefault();
    const [first, ...others] = chosen();
    if (others.length) location.assign(`players/${first}?compare=${others.join()}`);
    else boxes()[0].focus();
  });
}

const boxes = () => [...byId("my-players").querySelectorAll("input")];
const chosen = () => boxes().filter(({ checked }) => checked).map(({ value }) => value);

// At the maximum, the other players can't be chosen.
function showChoice() {
  const { length } = chosen();
  for (const box of boxes()) box.disabled = !box.checked && length >= MAX_PLAYERS;
  byId("my-players-hint").textContent = length ? `${length} of ${MAX_PLAYERS} players selected.` : "Select two to five players.";
  byId("my-players-compare").classList.toggle("with-choice", length > 0);
  byId("my-players-compare").querySelector("button").setAttribute("aria-disabled", String(length < 2));
}

function chooseOwn({ id, isOwn }) {
  setOwnPlayer(isOwn ? null : id);
  show();
  loadFirst(players(), updatePlayer);
  byId("my-players").querySelector(`[data-own="${id}"]`).focus();
}

// The focus moves to the title, or to the search field, because the pressed button disappears.
function removePlayer({ id }) {
  forget(id);
  show();
  const title = byId("my-players").hidden ? byId("player-id") : byId("my-players-title");
  if (title.tabIndex < 0) title.tabIndex = -1;
  title.focus();
}
