// The page of a player with a known name and an unknown ID: the way to the ID, and the plays by name on request.

import { profileUrl, segmentOf } from "../shared/address.js";
import { announce, byId, button, el, externalLink, moveFocus } from "../shared/elements.js";
import { errorBox } from "../shared/error-box.js";
import { count } from "../shared/format.js";
import { nameLink } from "../shared/names.js";
import { nextPageSize } from "../shared/page-sizes.js";
import { listenToForm } from "../shared/search-form.js";
import { tableHead, tableRow } from "./hiscores.js";
import { hiscoresByName } from "./queries.js";
import { suggestion } from "./similar-names.js";
import { showState } from "./states.js";
import { MODES, search, searchOf } from "./view.js";

const PAGE = 50;
const EFFECT =
  "osu!track finds plays by name. It may look the player up on osu! and start tracking them, if it does not know the name.";

// The lookup asks another service than osu!track.
const LOOKUP_FAILURE = {
  title: "The name could not be looked up",
  advice: "The service for player names is busy or unavailable. Retry in a moment, or open the player by ID.",
};
const isOfLookup = ({ code }) => code.startsWith("UPSTREAM_") || code === "OPERATION_TIMEOUT";

// `isMissing`: osu! has no player with this name. `error`: the lookup failed, and `retry` repeats it.
export function showNamePage(view, { isMissing = false, error = null, retry }) {
  const { id, name, year } = view;
  const title = isMissing ? "No such player" : name;
  document.title = `${title} · osutrack-gateway`;
  const text = isMissing
    ? id
      ? `osu! has no player with the ID ${id}. Check the number.`
      : `osu! has no player with the name “${name}”. Check the spelling; the player may have a new name.`
    : `The player ID of “${name}” is not known here. osu!track finds most data by ID only${year ? `, and so the year ${year} in review` : ""}.`;
  byId("name-page").replaceChildren(
    el("h1", {}, title),
    ...(error ? [errorBox(error, retry, isOfLookup(error) ? LOOKUP_FAILURE : {})] : [el("p", { class: "muted" }, text)]),
    suggestion(view) ?? "",
    ...(isMissing ? [correctionForm(view)] : [idSection(name), playsSection(view)]),
  );
  byId("name-page").hidden = false;
  if (name) byId("query-link").href = nameLink(name);
  announce(error ? "The name could not be looked up." : text);
}

// osu! has no player with this ID: nothing on the page of an untracked one would work.
export function showMissingPlayer(view) {
  showState(null);
  moveFocus(byId("player-header"), byId("main"));
  byId("player-header").hidden = true;
  showNamePage(view, { isMissing: true });
}

// The search with the text of the address, to correct it.
function correctionForm(view) {
  const field = el("input", {
    id: "corrected-player",
    value: view.name ?? view.id,
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    required: true,
  });
  const form = el(
    "form",
    { class: "stack", novalidate: true },
    el("label", { for: field.id }, "Name, ID or URL"),
    el("div", { class: "row" }, field, el("button", { class: "primary" }, "Show")),
  );
  listenToForm(form, field, (address) => `${segmentOf(address)}${searchOf(address, view)}`);
  return form;
}

function idSection(name) {
  return el(
    "section",
    { class: "card stack", "aria-label": "Find the ID" },
    el("h2", {}, "Find the ID"),
    el(
      "p",
      {},
      "Open ",
      externalLink(profileUrl(name), profileUrl(name).replace("https://", "")),
      ". Its final address contains the number. Copy that address into the search field of this page.",
    ),
  );
}

function playsSection(view) {
  const { mode } = view;
  const links = MODES.map((each) =>
    el(
      "a",
      {
        href: `${segmentOf(view)}${search({ mode: each, isModeChosen: true })}`,
        "aria-current": each === mode ? "page" : null,
      },
      each.title,
    ),
  );
  const result = el("div", { class: "stack", role: "region", "aria-label": "Plays" });
  const show = button(`Show ${mode.title} plays`, () => showPlays(view, result, show), { class: "primary" });
  result.append(el("p", {}, show));
  return el(
    "section",
    { class: "card stack", "aria-label": "Plays by name" },
    el("h2", {}, "Plays by name"),
    el("nav", { class: "modes", "aria-label": "Modes" }, links),
    el("p", { class: "muted" }, EFFECT),
    result,
  );
}

async function showPlays(view, result, control, body = null, after = null) {
  control.setAttribute("aria-disabled", "true");
  control.textContent = "Loading …";
  // osu!track may look the player up: on a click only.
  const retry = Object.assign(() => showPlays(view, result, control, body, after), { isManual: true });
  try {
    const rows = body ?? el("tbody");
    const first = body ? nextPageSize(rows.rows.length, PAGE) : PAGE;
    const { nodes, totalCount, pageInfo } = await hiscoresByName(view.name, view.mode, { first, after });
    rows.append(...nodes.map(tableRow));
    const table = el("div", { class: "scroll-x", tabindex: 0, role: "region", "aria-label": "Table of plays" });
    table.append(el("table", { class: "hiscores" }, tableHead(), rows));
    const status = totalCount ? `${count(rows.rows.length)} of ${count(totalCount)} plays` : "No recorded plays.";
    const size = Math.min(nextPageSize(rows.rows.length, PAGE), totalCount - rows.rows.length);
    const more = button(`Show ${size} more`, () => showPlays(view, result, more, rows, pageInfo.endCursor));
    result.replaceChildren(
      ...(totalCount ? [table] : []),
      el("p", { class: "row space-between" }, el("span", { class: "muted text-small" }, status), pageInfo.hasNextPage && more),
    );
    if (totalCount) table.focus();
    announce(status);
  } catch (error) {
    result.replaceChildren(...(body ? [body.closest(".scroll-x")] : []), errorBox(error, retry));
  }
}
