// Current stats of the own and the pinned players on the home page, with their gains of the last 7 days.
//
// `ranking` answers from the gateway's cache without cost. It loads a few missing players in the background, for one
// point each: the query is repeated a few times until they are there. The others have the stats that their pages showed
// last, without a request.

import { coloured, el } from "../shared/elements.js";
import { day, decimal, pp, rank, rankDelta, signed } from "../shared/format.js";
import { gql, graphql } from "../shared/graphql.js";
import { DAY_MS, gainOf, sinceText } from "../shared/windows.js";

const MAX_SHOWN = 5;
const MAX_QUERIES = 4;
const MAX_WAIT_S = 10;
const DAYS = 7;
const MY_PLAYERS = gql`
  query MyPlayers($ids: [ID!]!) {
    ranking(ids: $ids, by: PP, window: { days: 7 }) {
      entries { user { id } latest { pp globalRank } gain { start { at } delta { pp ranksGained } } }
      pending
      retryAfterSeconds
    }
  }`;

const isShown = ({ isPinned, isOwn }) => isPinned || isOwn;

// The IDs of players with stats: the first of those that are pinned or the visitor's own.
export const idsWithStats = (players) => players.filter(isShown).slice(0, MAX_SHOWN).map(({ id }) => id);

export const statsPlace = (id) => el("p", { class: "player-stats text-small muted", "data-stats": id }, "Loading …");

// The stats in this browser, with their mode unless it is osu!.
export function lastStats(last) {
  if (!last) return el("p", { class: "last-stats text-small muted" }, "Open the page to load the stats.");
  const at = [last.mode !== "osu!" && last.mode, day(last.at)].filter(Boolean).join(", ");
  return el("p", { class: "last-stats text-small muted" }, el("b", {}, rank(last.rank)), ` · ${pp(last.pp)} · ${at}`);
}

// Fills the places. A failure leaves the names alone.
export async function fillStats(ids) {
  for (let query = 1; ids.length && query <= MAX_QUERIES; query += 1) {
    const ranking = await graphql(MY_PLAYERS, { ids }).then(({ data }) => data.ranking, () => null);
    for (const entry of ranking?.entries ?? []) put(entry.user.id, statsOf(entry));
    const { pending = [], retryAfterSeconds } = ranking ?? {};
    if (!pending.length || retryAfterSeconds > MAX_WAIT_S) break;
    await new Promise((resolve) => setTimeout(resolve, 1000 * retryAfterSeconds));
  }
  for (const id of ids) if (place(id)?.textContent === "Loading …") put(id, ["No current stats."]);
}

const place = (id) => document.querySelector(`[data-stats="${id}"]`);
const put = (id, parts) => place(id)?.replaceChildren(...parts);

function statsOf({ latest, gain }, now = Date.now()) {
  if (!latest) return ["No osu! stats."];
  const current = el("span", {}, el("b", {}, rank(latest.globalRank)), ` · ${pp(latest.pp)}`);
  const window = { from: now - DAYS * DAY_MS, to: now };
  // A ranking has no gains within the window.
  const shown = gainOf({ gain, within: null }, window);
  return shown ? [current, el("span", {}, changeOf(shown, window))] : [current];
}

function changeOf({ start, delta }, window) {
  const since = sinceText({ start }, window) || `in ${DAYS} days`;
  const ranks = delta.ranksGained == null ? [] : [coloured(rankDelta(delta.ranksGained), delta.ranksGained), " ranks, "];
  return [...ranks, coloured(signed(delta.pp, decimal), delta.pp), ` pp ${since}`];
}
