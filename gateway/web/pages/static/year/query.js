// The page's GraphQL operations.

import { between, wholeYear } from "../activity/periods.js";
import { FIRST_PP } from "../player/first-plays.js";
import { gql } from "../shared/graphql.js";
import { queryLink } from "../shared/query-link.js";
import { read, request, requestError } from "../shared/request.js";
import { gainOf } from "../shared/windows.js";

const YEAR = gql`
  query Year($id: ID!, $mode: GameMode!, $year: Window!, $end: DateTime!) {
    user(id: $id) {
      username
      stats(mode: $mode) {
        tracked
        earliest { at pp }
        latest { at pp }
        gain(window: $year) { ...gained }
        within: gain(window: $year, withinWindow: true) { ...gained }
        days: gains(window: $year, every: DAY) { start { at } end { at } delta { playCount } }
        months: gains(window: $year, every: MONTH) { start { at } end { at } delta { playCount pp ranksGained } }
        snapshots(window: $year) { at pp globalRank }
        last: snapshotAt(at: $end) { at pp globalRank accuracy level playCount }
        next: snapshotAt(at: $end, match: AFTER) { at playCount }
        milestones(kinds: [GLOBAL_RANK, PP, PLAY_COUNT, LEVEL]) { kind threshold before { at } after { at } }
      }
    }
  }
  fragment gained on Gain {
    coversWholeWindow
    start { at pp globalRank accuracy level playCount }
    end { at pp globalRank accuracy level playCount }
    delta { pp ranksGained accuracy level playCount countSS countS countA }
  }`;

const BEST_PLAYS = gql`
  query BestPlaysOfYear($id: ID!, $mode: GameMode!, $year: Window!, $pp: [Float!]!) {
    user(id: $id) { stats(mode: $mode) {
      best: hiscores(window: $year, bestPerBeatmap: true, first: 5) {
        nodes { beatmapId beatmapUrl score pp grade playedAt mods { acronyms label } }
      }
      all: hiscores(window: $year, first: 0) { totalCount }
      firstPlays(ppAtLeast: $pp) { ppAtLeast play { beatmapId beatmapUrl pp playedAt } }
    } }
  }`;

const variablesOf = ({ id, mode, year }) => {
  const { from, to } = wholeYear(year);
  return { id, mode: mode.value, year: between(from, to), end: new Date(to - 1).toISOString() };
};

// The year up to now.
export function shownWindow({ year }) {
  const { from, to } = wholeYear(year);
  return { from, to: Math.min(to, Date.now()) };
}

export const yearLink = (view) => queryLink(YEAR, variablesOf(view));

// Everything from the stats history, in one request to osu!track at most.
export async function loadYear(view, signal) {
  const { data, errors, warnings } = await request(YEAR, variablesOf(view), { signal });
  // Without a name, the page is still complete.
  const failed = errors.find(({ path }) => !path?.includes("username"));
  if (failed || !data?.user) throw requestError(failed ?? errors[0]);
  const { within, ...stats } = data.user.stats;
  const gain = gainOf({ gain: stats.gain, within }, shownWindow(view));
  return { user: data.user, stats: { ...stats, gain }, warnings, isNameMissing: errors.length > 0 };
}

// Only for players with pp: reading the hiscores of others makes osu!track update them.
export function loadBestPlays(view, signal) {
  const { id, mode, year } = variablesOf(view);
  return read(BEST_PLAYS, { id, mode, year, pp: FIRST_PP }, signal);
}
