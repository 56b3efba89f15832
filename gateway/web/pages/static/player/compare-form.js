// The form that adds a player to the comparison, and the visitor's own players below it.

import { textOf } from "../shared/address.js";
import { button, byId, el } from "../shared/elements.js";
import { MAX_PLAYERS, reasonAgainst } from "../shared/compared-players.js";
import { myPlayers } from "../shared/my-players.js";
import { readSearch, suggestPlayers } from "../shared/player-search.js";

const MAX_PICKS = 8;
const PROBLEMS = {
  own: "This is the same player.",
  duplicate: "This player is in the comparison already.",
  limit: `${MAX_PLAYERS} players are compared. Remove one to add another.`,
};

let defaultHint = "";

// `onAdd(player)` is called with an ID or a name. `currentView()` has the player of the page and the compared ones.
// The comparison is in the page's mode: that of an entered URL does not matter.
export function listenToForm(currentView, onAdd) {
  defaultHint = byId("compare-hint").textContent;
  suggestPlayers(byId("compare-id"));
  byId("compare-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const view = currentView();
    const { address, problem } = readSearch(byId("compare-id").value);
    const reason = reasonAgainst(address, view.compare, view);
    showHint(reason, { text: problem || PROBLEMS[reason] });
    if (reason) return byId("compare-id").focus();
    byId("compare-id").value = "";
    onAdd(textOf(address));
  });
}

// The hint, and the visitor's other players, of whom a click adds one.
export function showForm({ id, compare }, onAdd) {
  const isFull = compare.length + 1 >= MAX_PLAYERS;
  showHint(isFull ? "limit" : null, { isError: false });
  const others = myPlayers().filter((player) => player.id !== id && !compare.includes(player.id));
  const picks = isFull ? [] : others.slice(0, MAX_PICKS).map((player) => pick(player, onAdd));
  byId("compare-picks").hidden = !picks.length;
  byId("compare-picks").replaceChildren(...(picks.length ? [el("span", { class: "muted" }, "My players"), ...picks] : []));
}

// The pressed button disappears.
function pick({ id, name }, onAdd) {
  const add = () => {
    byId("compare-id").focus();
    onAdd(id);
  };
  const plus = el("span", { "aria-hidden": "true" }, "+");
  return button([plus, name], add, { class: "small", "aria-label": `Add ${name} to the comparison` });
}

function showHint(reason, { text = PROBLEMS[reason], isError = reason !== null } = {}) {
  byId("compare-id").setAttribute("aria-invalid", String(isError));
  byId("compare-hint").textContent = text ?? defaultHint;
  byId("compare-hint").classList.toggle("invalid", isError);
}
