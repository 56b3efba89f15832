// Names of the listed players that the gateway does not know yet. They are looked up on request only: each lookup costs
// a point and a request to the names service of the gateway's operator.

import { renameAvatar } from "../shared/avatar.js";
import { announce, button, byId, el } from "../shared/elements.js";
import { startCountdown } from "../shared/error-box.js";
import { count } from "../shared/format.js";
import { gql } from "../shared/graphql.js";
import { request, requestError } from "../shared/request.js";

const MAX_NAMES = 10;
const LABEL = "Show names";
const LIMITED = new Set(["RATE_LIMITED", "UPSTREAM_BUSY"]);

// Names by ID, null if osu! has none.
const known = new Map();

// Aliases, because nothing is looked up in a list. `page_documents.py` has the forms of both placeholders.
const namesQuery = (ids) => {
  const variables = ids.map((_, index) => `$id${index}: ID!`).join(", ");
  const names = ids.map((_, index) => `player${index}: user(id: $id${index}) { username }`).join("\n    ");
  return gql`
  query PlayerNames(${variables}) {
    ${names}
  }`;
};

// Fills in the known names, and offers to look up the others. To be called with new rows.
export function showNames() {
  for (const row of unnamedRows()) if (known.get(row.dataset.unnamed)) name(row, known.get(row.dataset.unnamed));
  const missing = unknownIds();
  if (!missing.length) return put();
  const asked = Math.min(MAX_NAMES, missing.length);
  const others = missing.length > asked ? ` of ${count(missing.length)}` : "";
  put(`osu!track records players by ID. Looks up ${asked}${others} ${missing.length === 1 ? "name" : "names"} on osu!.`, button(LABEL, lookUp, { class: "small primary" }));
}

const unnamedRows = () => [...byId("plays").rows].filter(({ dataset }) => dataset.unnamed);

const unknownIds = () => [...new Set(unnamedRows().map(({ dataset }) => dataset.unnamed))].filter((id) => !known.has(id));

function name(row, username) {
  row.querySelector("th a").textContent = username;
  renameAvatar(row.querySelector(".avatar"), username);
  delete row.dataset.unnamed;
}

// A button that is needed again keeps the focus. The page does not scroll to the table.
function put(text = "", control = null) {
  const hasFocus = byId("names").contains(document.activeElement);
  byId("names").replaceChildren(...[control, text && el("span", {}, text)].filter(Boolean));
  if (hasFocus) (control ?? byId("plays-table")).focus({ preventScroll: true });
}

async function lookUp() {
  const ids = unknownIds().slice(0, MAX_NAMES);
  byId("names").querySelector("button").setAttribute("aria-disabled", "true");
  byId("names").querySelector("span").textContent = "Looking up names …";
  try {
    const variables = Object.fromEntries(ids.map((id, index) => [`id${index}`, id]));
    keep(ids, await request(namesQuery(ids), variables));
  } catch (error) {
    showFailure(error);
  }
}

// Some names can be found although others are not.
function keep(ids, { data, errors, warnings }) {
  const failed = new Set(errors.map(({ path }) => path?.[0]));
  const found = data ? ids.filter((_, index) => !failed.has(`player${index}`)) : [];
  const isOff = warnings.some(({ code }) => code === "USERNAME_UNRESOLVED");
  for (const id of found) {
    const username = data[`player${ids.indexOf(id)}`]?.username ?? null;
    if (username || !isOff) known.set(id, username);
  }
  showNames();
  if (errors.length) return showFailure(requestError(errors[0]));
  if (isOff) return fail("This site looks no names up. It knows those of updated players.", null);
  const nameless = found.filter((id) => !known.get(id)).length;
  const text = `${found.length - nameless} names shown.${nameless ? ` osu! has no name for ${nameless} of the players.` : ""}`;
  // In place of the button, so that the table keeps its place.
  if (!unknownIds().length) put(text);
  announce(text);
}

function showFailure({ code, retryAfterSeconds }) {
  const control = button(LABEL, lookUp, { class: "small" });
  fail(LIMITED.has(code) ? "Too many lookups of names. Wait a moment." : "The names could not be looked up. Retry in a moment.", control);
  if (retryAfterSeconds) startCountdown(control, retryAfterSeconds, LABEL);
}

function fail(text, control) {
  put(text, control);
  announce(text);
}
