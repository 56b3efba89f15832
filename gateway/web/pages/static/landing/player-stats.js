// Current stats of players on the home page, with their gains of a day, a week and a month.
//
// `ranking` answers from the gateway's cache without cost. It loads a few missing players in the background, for one
// point each: the query is repeated a few times until they are there. The stats stay in the browser, for the next visit.

import { gql, graphql } from "../shared/graphql.js";
import { lastStats } from "../shared/last-stats.js";
import { setStats } from "../shared/my-players.js";

// Of one load: each can cause a request to osu!track.
export const MAX_LOADED = 5;
const MAX_QUERIES = 4;
const MAX_WAIT_S = 10;
const MODES = { "osu!": "OSU", taiko: "TAIKO", catch: "CATCH", mania: "MANIA" };
// The stats of entries are cached, and so without cost.
const MY_PLAYERS = gql`
  query MyPlayers($ids: [ID!]!, $mode: GameMode!) {
    ranking(ids: $ids, mode: $mode, by: PP) {
      entries {
        user {
          id username
          stats(mode: $mode) {
            latest { at pp globalRank accuracy playCount }
            day: gain(window: { days: 1 }) { ...gained }
            dayWithin: gain(window: { days: 1 }, withinWindow: true) { ...gained }
            week: gain(window: { days: 7 }) { ...gained }
            weekWithin: gain(window: { days: 7 }, withinWindow: true) { ...gained }
            month: gain(window: { days: 30 }) { ...gained }
            monthWithin: gain(window: { days: 30 }, withinWindow: true) { ...gained }
          }
        }
      }
      pending
      retryAfterSeconds
    }
  }
  fragment gained on Gain {
    start { at }
    delta { pp ranksGained }
  }`;

// Loads the stats of players, each in the mode that was shown last, and stores them. `onStats(id)` is called for each
// player with a response. Returns whether all were there, and whether some are stale.
export async function loadStats(players, onStats) {
  const modes = byMode(players);
  const results = await Promise.all([...modes].map(([mode, some]) => loadMode(mode, some.map(({ id }) => id), onStats)));
  return { isComplete: results.every(({ isComplete }) => isComplete), isStale: results.some(({ isStale }) => isStale) };
}

const modeOf = ({ last }) => (Object.hasOwn(MODES, last?.mode ?? "") ? last.mode : "osu!");

function byMode(players) {
  const modes = new Map();
  for (const player of players) modes.set(modeOf(player), [...(modes.get(modeOf(player)) ?? []), player]);
  return modes;
}

async function loadMode(mode, ids, onStats) {
  let isStale = false;
  for (let query = 1; query <= MAX_QUERIES; query += 1) {
    const response = await graphql(MY_PLAYERS, { ids, mode: MODES[mode] }).catch(() => null);
    if (!response?.data.ranking) return { isComplete: false, isStale };
    isStale = response.extensions?.warnings?.some(({ code }) => code === "STALE_DATA") ?? false;
    const { entries, pending, retryAfterSeconds } = response.data.ranking;
    const users = entries.map(({ user }) => user).filter(({ stats }) => stats);
    for (const { id, username, stats } of users) {
      setStats(id, username, lastStats(mode, stats));
      onStats(id);
    }
    if (!pending.length) return { isComplete: users.length === ids.length, isStale };
    if (retryAfterSeconds > MAX_WAIT_S) break;
    await new Promise((resolve) => setTimeout(resolve, 1000 * retryAfterSeconds));
  }
  return { isComplete: false, isStale };
}
