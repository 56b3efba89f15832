// The form that adds a player to the comparison, and the visitor's own players below it.

import { textOf } from "../shared/address.js";
import { button, byId, el } from "../shared/elements.js";
import { MAX_PLAYERS, reasonAgainst } from "../shared/compared-players.js";
import { myPlayers } from "../shared/my-players.js";
import { ownPlayer } from "../shared/own-player.js";
import { findPlayer } from "../shared/names.js";
import { readPlayers, suggestPlayers } from "../shared/player-search.js";
import { showCompareOwn } from "./own-button.js";

const MAX_PICKS = 8;
const PROBLEMS = {
  own: "This is the same player.",
  duplicate: "This player is in the comparison already.",
  limit: `${MAX_PLAYERS} players are compared. Remove one to add another.`,
};

let defaultHint = "";
let submissions = 0;

// `onAdd(players)` is called with IDs, and with names that the gateway cannot look up. `currentView()` has the player of
// the page and the compared ones. The comparison is in the page's mode: that of an entered URL does not matter.
export function listenToForm(currentView, onAdd) {
  defaultHint = byId("compare-hint").textContent;
  suggestPlayers(byId("compare-id"));
  byId("compare-form").addEventListener("submit", (event) => {
    event.preventDefault();
    addAll(readPlayers(byId("compare-id").value), currentView, onAdd);
  });
}

// Adds the players; those with a problem stay in the field. A later submission replaces one that waits for names.
async function addAll(entries, currentView, onAdd) {
  const [submission, { id }, text] = [++submissions, currentView(), byId("compare-id").value];
  const isCurrent = () => submission === submissions && currentView().id === id;
  const [players, refused] = [[], []];
  for (const entry of entries) {
    const view = currentView();
    const { address, problem } = await resolved(entry, [...view.compare, ...players], view);
    if (!isCurrent()) return;
    if (problem) refused.push({ ...entry, problem });
    else players.push(textOf(address));
  }
  // Text that was entered meanwhile stays.
  if (byId("compare-id").value === text) byId("compare-id").value = refused.map((entry) => entry.text).join(", ");
  if (players.length) onAdd(players);
  if (!refused.length) return;
  showHint("refused", { text: refused[0].problem });
  byId("compare-id").focus();
}

// The address, with the ID if the player is entered by name, or a problem.
async function resolved({ address, problem }, players, own) {
  const reason = reasonAgainst(address, players, own);
  if (reason) return { problem: problem || PROBLEMS[reason] };
  if (!address.name) return { address };
  showHint(null, { text: `Looking up “${address.name}” …` });
  try {
    const { id, isMissing } = await findPlayer(address.name);
    if (isMissing) return { problem: `osu! has no player with the name “${address.name}”.` };
    if (!id) return { address };
    return { address: { id }, problem: PROBLEMS[reasonAgainst({ id }, players, own)] };
  } catch {
    return { problem: `The name “${address.name}” could not be looked up. Retry in a moment.` };
  }
}

// The hint, and the visitor's other players, of whom a click adds one.
export function showForm({ id, compare }, onAdd) {
  const isFull = compare.length + 1 >= MAX_PLAYERS;
  showHint(isFull ? "limit" : null, { isError: false });
  showCompareOwn({ id, compare }, isFull);
  const own = ownPlayer();
  const players = myPlayers().sort((one, other) => (other.id === own) - (one.id === own));
  const others = players.filter((player) => player.id !== id && !compare.includes(player.id));
  const picks = isFull ? [] : others.slice(0, MAX_PICKS).map((player) => pick(player, onAdd));
  byId("compare-picks").hidden = !picks.length;
  byId("compare-picks").replaceChildren(...(picks.length ? [el("span", { class: "muted" }, "My players"), ...picks] : []));
}

// The pressed button disappears.
function pick({ id, name }, onAdd) {
  const add = () => {
    byId("compare-id").focus();
    onAdd([id]);
  };
  const plus = el("span", { "aria-hidden": "true" }, "+");
  return button([plus, name], add, { class: "small", "aria-label": `Add ${name} to the comparison` });
}

function showHint(reason, { text = PROBLEMS[reason], isError = reason !== null } = {}) {
  byId("compare-id").setAttribute("aria-invalid", String(isError));
  byId("compare-hint").textContent = text ?? defaultHint;
  byId("compare-hint").classList.toggle("invalid", isError);
}
