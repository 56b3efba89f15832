// The state of a player without stats in the mode: the modes with data, as far as this page has loaded them, and the
// hiscores on request. osu!track may update such a player when it is asked for them, so never on page load.

import { announce, byId, el } from "../shared/elements.js";
import { findPlayer } from "../shared/names.js";
import { showState } from "./states.js";
import { MODES, search } from "./view.js";

const loaded = new Set();
// A name has at most 15 characters. Shorter numbers are IDs of early players.
const NUMERIC_NAME = /^\d{7,15}$/;

const keyOf = (id, mode) => `${id} ${mode.name}`;

export const rememberMode = ({ id, mode }) => loaded.add(keyOf(id, mode));

const isAsked = () => byId("untracked").contains(byId("hiscores"));

// `show()` shows the hiscores and loads them.
export function listenToPlays(show) {
  byId("show-plays").addEventListener("click", () => {
    show();
    byId("hiscores-title").focus();
    byId("untracked-plays").hidden = true;
  });
}

// The player with this number as name, if there is one: an ID without a known name may be meant as a name. `isOpen`: it
// is not known yet whether the ID has a name.
async function showNumericName({ id, mode, isModeChosen }, signal, isOpen) {
  const box = byId("numeric-name");
  const link = el("a", { href: `@${id}${search({ mode, isModeChosen })}` }, `@${id}`);
  box.hidden = false;
  box.replaceChildren(`To open the player with the name “${id}”, use `, link, ".");
  if (isOpen) return;
  const found = await findPlayer(id).catch(() => ({}));
  if (signal.aborted) return;
  if (found.id) box.replaceChildren(el("strong", {}, `There is a player with the name “${id}”: open `, link, "."));
  else if (found.isMissing) box.replaceChildren(`No player has the name “${id}”.`);
}

// `user`, `isNameMissing` and `isUnknown` are those of the response.
export function showUntrackedState(view, { user, isNameMissing, isUnknown }, signal) {
  showState("untracked");
  byId("missing-player").hidden = !isUnknown;
  byId("untracked-plays").hidden = isAsked();
  const others = MODES.filter((mode) => loaded.has(keyOf(view.id, mode)));
  const links = others.map((mode) => el("a", { href: `${view.segment}${search({ mode, isModeChosen: true })}` }, mode.title));
  byId("numeric-name").hidden = true;
  if (!user.username && NUMERIC_NAME.test(view.id)) showNumericName(view, signal, isNameMissing);
  byId("other-modes").hidden = !links.length;
  byId("other-modes").replaceChildren("There is data in ", ...links.flatMap((link, index) => [index ? ", " : "", link]), ".");
  const found = others.map(({ title }) => title).join(", ");
  announce(`No stats yet in ${view.mode.title}.${found && ` There is data in ${found}.`}`);
}
