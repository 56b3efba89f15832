// Search for a player: the page for a text, and the visitor's own players as suggestions.

import { parseAddress, segmentOf, unquoted } from "./address.js";
import { problemOf } from "./address-problems.js";
import { el } from "./elements.js";
import { root } from "./graphql.js";
import { myPlayers } from "./my-players.js";

// A player without a known name, as the pages show it.
const ID_TEXT = /^(?:ID |#)(\d+)$/i;
// A page of this site, of which the year and the query string are kept.
const OWN_PAGE = /(?:^|\/)players\/[^/?#]+(?:\/(\d{4}))?\/?(?:\?([^#]*))?(?:#.*)?$/i;

// A comma in a query string belongs to the URL, unless a space follows.
const QUERY_COMMA = /\?\S*,/;

// The players in a text with commas: `{ text, address, problem, page }` of each. `page` is a path of this site with its
// parameters, if the part is one.
export function readPlayers(text) {
  const parts = text.split(QUERY_COMMA.test(text) ? /,\s+/ : ",").filter((part) => part.trim());
  return parts.length > 1 ? parts.map(readPlayer) : [readPlayer(parts[0] ?? text)];
}

// The first of the players, or a problem. The `others` are compared with it.
export function readSearch(text) {
  const [first, ...others] = readPlayers(text);
  const { text: part, problem } = [first, ...others].find((each) => each.problem) ?? first;
  return { ...first, problem: problem && others.length ? `“${part}”: ${problem}` : problem, others };
}

function readPlayer(text) {
  const trimmed = text.trim();
  const known = myPlayers().filter(({ name }) => name === trimmed);
  const address = parseAddress((known.length === 1 && known[0].id) || ID_TEXT.exec(trimmed)?.[1] || text);
  if (!address) return { text: trimmed, address, problem: problemOf(text), page: null };
  return { text: trimmed, address, problem: "", page: ownPage(unquoted(trimmed), address) };
}

function ownPage(text, address) {
  const [, year, query] = OWN_PAGE.exec(text) ?? [];
  if (!year && !query) return null;
  return `players/${segmentOf(address)}${year ? `/${year}` : ""}${query ? `?${query}` : ""}`;
}

// Opens the player's page. `hrefOf(address)` is the last part of its URL, with a query string.
export function openFound({ address, page, others }, hrefOf) {
  const href = page ?? `players/${hrefOf(address)}`;
  const compare = others.map((other) => segmentOf(other.address)).join();
  location.assign(new URL(compare ? `${href}${href.includes("?") ? "&" : "?"}compare=${compare}` : href, root));
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

// Players that share a name are told apart by their IDs.
function suggestion({ id, name, isPinned }, _, all) {
  const isShared = all.some((other) => other.name === name && other.id !== id);
  const kind = isPinned ? "pinned" : "recent";
  return el("option", { value: isShared ? `ID ${id}` : name, label: `${name} (${isShared ? `ID ${id}, ` : ""}${kind})` });
}
