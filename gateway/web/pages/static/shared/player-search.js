// Search for a player: the page for a text, and the visitor's own players as suggestions.

import { parseAddress, segmentOf, unquoted } from "./address.js";
import { problemOf } from "./address-problems.js";
import { el } from "./elements.js";
import { myPlayers } from "./my-players.js";

const ROOT = new URL("../../", import.meta.url);
// A player without a known name, as the pages show it.
const ID_TEXT = /^(?:ID |#)(\d+)$/i;
// A page of this site, of which the year and the query string are kept.
const OWN_PAGE = /(?:^|\/)players\/[^/?#]+(?:\/(\d{4}))?\/?(?:\?([^#]*))?(?:#.*)?$/i;

// The address in a text, or a problem: `{ address, problem, page }`. `page` is a path of this site with its parameters,
// if the text is one.
export function readSearch(text) {
  const trimmed = text.trim();
  const known = myPlayers().find(({ name }) => name === trimmed);
  const address = parseAddress(known?.id ?? ID_TEXT.exec(trimmed)?.[1] ?? text);
  if (!address) return { address, problem: problemOf(text), page: null };
  return { address, problem: "", page: ownPage(unquoted(trimmed), address) };
}

function ownPage(text, address) {
  const [, year, query] = OWN_PAGE.exec(text) ?? [];
  if (!year && !query) return null;
  return `players/${segmentOf(address)}${year ? `/${year}` : ""}${query ? `?${query}` : ""}`;
}

// Opens the player's page. `hrefOf(address)` is the last part of its URL, with a query string.
export function openFound({ address, page }, hrefOf) {
  location.assign(new URL(page ?? `players/${hrefOf(address)}`, ROOT));
}

// The pinned and recent players, which browsers offer in the field.
export function suggestPlayers(field) {
  const list = el("datalist", { id: `${field.id}-suggestions` });
  const fill = () => list.replaceChildren(...myPlayers().map(suggestion));
  field.after(list);
  field.setAttribute("list", list.id);
  field.addEventListener("focus", fill);
  fill();
}

const suggestion = ({ name, isPinned }) =>
  el("option", { value: name, label: `${name} (${isPinned ? "pinned" : "recent"})` });
