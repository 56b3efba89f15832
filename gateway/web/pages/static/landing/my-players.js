// The visitor's players on the home page: links, stats of the own and the pinned ones, and a choice of those to compare.

import { button, byId, el, visuallyHidden } from "../shared/elements.js";
import { MAX_PLAYERS } from "../shared/compared-players.js";
import { forget, myPlayers } from "../shared/my-players.js";
import { ownPlayer, setOwnPlayer } from "../shared/own-player.js";
import { fillStats, idsWithStats, lastStats, statsPlace } from "./player-stats.js";

export function showMyPlayers() {
  const players = ownFirst(myPlayers(), ownPlayer());
  const ids = idsWithStats(players);
  byId("my-players").hidden = players.length === 0;
  // As in room.js: with players, the page has no introduction.
  document.documentElement.toggleAttribute("data-players", players.length > 0);
  byId("my-players-list").replaceChildren(...players.map((player) => item(player, players.length, ids.includes(player.id))));
  byId("my-players-compare").hidden = players.length < 2;
  showChoice();
  fillStats(ids);
}

function ownFirst(players, own) {
  const marked = players.map((player) => ({ ...player, isOwn: player.id === own }));
  return [...marked.filter(({ isOwn }) => isOwn), ...marked.filter(({ isOwn }) => !isOwn)];
}

export function listenToMyPlayers() {
  byId("my-players").addEventListener("change", showChoice);
  byId("my-players-compare").addEventListener("submit", (event) => {
    event.preventDefault();
    const [first, ...others] = chosen();
    if (others.length) location.assign(`players/${first}?compare=${others.join()}`);
    else byId("my-players-list").querySelector("input").focus();
  });
}

const boxes = () => [...byId("my-players-list").querySelectorAll("input")];
const chosen = () => boxes().filter(({ checked }) => checked).map(({ value }) => value);

// At the maximum, the other players can't be chosen.
function showChoice() {
  const { length } = chosen();
  for (const box of boxes()) box.disabled = !box.checked && length >= MAX_PLAYERS;
  byId("my-players-hint").textContent = length ? `${length} of ${MAX_PLAYERS} players selected.` : "Select two to five players.";
  byId("my-players-compare").classList.toggle("with-choice", length > 0);
  byId("my-players-compare").querySelector("button").setAttribute("aria-disabled", String(length < 2));
}

function item({ id, name, isPinned, isOwn, last }, length, hasStats) {
  const remove = button(["Remove", visuallyHidden(` ${name}`)], () => removePlayer(id), { class: "small" });
  const own = button(["Me", visuallyHidden(` (${name})`)], () => chooseOwn(isOwn ? null : id, id), {
    class: "small",
    "aria-pressed": String(isOwn),
    "data-own": id,
    title: isOwn ? "This is you" : "This is me: show this player first",
  });
  const box = length > 1 && el("input", { type: "checkbox", value: id, autocomplete: "off", "aria-label": `Compare ${name}` });
  const link = el("a", { href: `players/${id}` }, name);
  return el(
    "li",
    { class: "card row space-between" },
    el("span", { class: "row" }, box, el("span", {}, link, isPinned && el("small", { class: "muted" }, " pinned"))),
    el("span", { class: "row" }, own, remove),
    hasStats ? statsPlace(id) : lastStats(last),
  );
}

function chooseOwn(own, id) {
  setOwnPlayer(own);
  showMyPlayers();
  byId("my-players-list").querySelector(`[data-own="${id}"]`).focus();
}

// The focus moves to the title, or to the search field, because the pressed button disappears.
function removePlayer(id) {
  forget(id);
  showMyPlayers();
  const title = byId("my-players").hidden ? byId("player-id") : byId("my-players-title");
  if (title.tabIndex < 0) title.tabIndex = -1;
  title.focus();
}
