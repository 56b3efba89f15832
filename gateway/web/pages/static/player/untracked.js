// The state of a player without data in the mode: the modes with data, as far as this page has loaded them.

import { announce, byId, el } from "../shared/elements.js";
import { showState } from "./states.js";
import { MODES, search } from "./view.js";

const loaded = new Set();
// A name has at most 15 characters. Shorter numbers are IDs of early players.
const NUMERIC_NAME = /^\d{7,15}$/;

const keyOf = (id, mode) => `${id} ${mode.name}`;

export const rememberMode = ({ id, mode }) => loaded.add(keyOf(id, mode));

export function showUntrackedState(view) {
  showState("untracked");
  const others = MODES.filter((mode) => loaded.has(keyOf(view.id, mode)));
  const links = others.map((mode) => el("a", { href: `${view.segment}${search({ mode, isModeChosen: true })}` }, mode.title));
  byId("numeric-name").hidden = !NUMERIC_NAME.test(view.id);
  const link = el("a", { href: `@${view.id}${search({ mode: view.mode, isModeChosen: view.isModeChosen })}` }, `@${view.id}`);
  byId("numeric-name").replaceChildren(`If ${view.id} is a name, open `, link, ".");
  byId("other-modes").hidden = !links.length;
  byId("other-modes").replaceChildren("There is data in ", ...links.flatMap((link, index) => [index ? ", " : "", link]), ".");
  const found = others.map(({ title }) => title).join(", ");
  announce(`No data yet in ${view.mode.title}.${found && ` There is data in ${found}.`}`);
}
