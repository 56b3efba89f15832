// The visitor's players with nearly the name of an address: without its spaces, underscores and hyphens, in any case.

import { el } from "../shared/elements.js";
import { myPlayers } from "../shared/my-players.js";
import { search } from "./view.js";

const keyOf = (name) => name.toLowerCase().replace(/[\s_-]/g, "");

// "Did you mean mintchip?", with a link; null without such a player.
export function suggestion({ name, year, mode, isModeChosen }) {
  const found = name && myPlayers().find((player) => keyOf(player.name) === keyOf(name));
  if (!found) return null;
  const page = `${found.id}${year ? `/${year}` : ""}${search({ mode, isModeChosen })}`;
  return el("p", { id: "similar-name" }, "Did you mean ", el("a", { href: page }, found.name), "?");
}
