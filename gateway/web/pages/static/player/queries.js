// The page's GraphQL operations. Errors are sorted by the part of the page that they concern.

import { gql } from "../shared/graphql.js";
import { queryLink } from "../shared/query-link.js";
import { read, request, requestError, required } from "../shared/request.js";
import { MAX_PLAYS } from "./plays.js";
import { isoDay } from "../shared/windows.js";
import { INTERVALS } from "./view.js";

const PROFILE = gql`
  query Profile($id: ID!, $mode: GameMode!) {
    user(id: $id) {
      username profileUrl osuTrackUrl
      stats(mode: $mode) {
        tracked
        latest { at pp globalRank accuracy level playCount }
        earliest { at globalRank pp }
        day: gain(window: { days: 1 }) { ...gained }
        dayWithin: gain(window: { days: 1 }, withinWindow: true) { ...gained }
        week: gain(window: { days: 7 }) { ...gained }
        weekWithin: gain(window: { days: 7 }, withinWindow: true) { ...gained }
        month: gain(window: { days: 30 }) { ...gained }
        monthWithin: gain(window: { days: 30 }, withinWindow: true) { ...gained }
        year: gain(window: { days: 365 }) { ...gained }
        yearWithin: gain(window: { days: 365 }, withinWindow: true) { ...gained }
        peak { pp ppAt globalRank globalRankAt accuracy accuracyAt }
        milestones(kinds: [GLOBAL_RANK, PP, PLAY_COUNT, LEVEL, ACCURACY]) { kind threshold before { at } after { at } }
        snapshots(every: WEEK) { at globalRank pp }
      }
    }
  }
  fragment gained on Gain {
    start { at }
    delta { pp ranksGained accuracy playCount }
  }`;

// `fields` are those of the charts: a row has few values, so that 5,000 of them are small.
const snapshotsQuery = (fields) => gql`
  query Snapshots($id: ID!, $mode: GameMode!, $window: Window, $every: Interval) {
    user(id: $id) { stats(mode: $mode) {
      earliest { at ${fields} }
      snapshots(window: $window, every: $every) { at ${fields} }
    } }
  }`;

const HISCORES = gql`
  query Hiscores(
    $id: ID!, $mode: GameMode!, $order: ScoreOrder!, $best: Boolean!, $filter: ScoreFilter, $first: Int!, $after: String
  ) {
    user(id: $id) { stats(mode: $mode) {
      hiscores(orderBy: $order, bestPerBeatmap: $best, filter: $filter, first: $first, after: $after) {
        totalCount
        nodes { beatmapId beatmapUrl score pp grade playedAt mods { acronyms label } }
        pageInfo { hasNextPage endCursor }
      }
    } }
  }`;

const HISCORES_BY_NAME = gql`
  query HiscoresByName($name: String!, $mode: GameMode!, $first: Int!, $after: String) {
    hiscoresByUsername(username: $name, mode: $mode, first: $first, after: $after) {
      totalCount
      nodes { beatmapId beatmapUrl score pp grade playedAt mods { acronyms label } }
      pageInfo { hasNextPage endCursor }
    }
  }`;

// Up to four histories, of which the page has read one: at most three requests to osu!track, and three points.
const MODES = gql`
  query Modes($id: ID!) {
    user(id: $id) { allStats { mode latest { playCount } } }
  }`;

const PLAYS = gql`
  query Plays($id: ID!, $mode: GameMode!, $window: Window, $first: Int!) {
    user(id: $id) { stats(mode: $mode) {
      hiscores(window: $window, bestPerBeatmap: true, first: $first) { totalCount nodes { playedAt pp grade beatmapId mods { label } } }
    } }
  }`;

const UPDATE = gql`
  mutation Update($id: ID!, $mode: GameMode!) {
    updateUser(id: $id, mode: $mode) {
      __typename
      ... on UpdateUserSuccess {
        firstUpdate leveledUp
        stats { nextUpdateAt }
        delta { pp ranksGained accuracy level playCount totalScore countSS countS countA }
        newHiscores { position beatmapId beatmapUrl pp grade accuracy maxCombo perfect countMiss mods { acronyms label } }
      }
      ... on UpdateOnCooldown { retryAfterSeconds }
      ... on UpdateRefused { message }
    }
  }`;

const NEXT_UPDATE = gql`
  query NextUpdate($id: ID!, $mode: GameMode!) {
    user(id: $id) { stats(mode: $mode) { nextUpdateAt } }
  }`;

const LAST_CHANGE = gql`
  query LastChange($id: ID!, $mode: GameMode!) {
    user(id: $id) { stats(mode: $mode) {
      nextUpdateAt
      latest { delta { pp ranksGained accuracy level playCount totalScore countSS countS countA } }
    } }
  }`;

const profileVariables = (id, mode) => ({ id, mode: mode.value });

// The query of `profile` in GraphiQL.
export const profileLink = ({ id, mode }) => queryLink(PROFILE, profileVariables(id, mode));

// Everything on the page except the finer snapshots and the hiscores. `failures` holds a RequestError for "peak" or
// "history".
export async function profile(id, mode, signal) {
  const { data, errors, warnings } = await request(PROFILE, profileVariables(id, mode), { signal });
  if (!data?.user) throw requestError(errors[0]);
  const failures = {};
  // Without a name and the address that follows from it, the page is still complete.
  for (const error of errors.filter(({ path }) => !path || path[1] === "stats"))
    failures[error.path?.includes("peak") ? "peak" : "history"] ??= requestError(error);
  // The lookup of the name failed; the gateway may know the name a moment later.
  const isNameMissing = errors.some(({ path }) => path?.[1] === "username");
  // osu! has no such player, as far as a names service is asked.
  const isUnknown = !data.user.username && !isNameMissing && !warnings.some(({ code }) => code === "USERNAME_UNRESOLVED");
  return { user: data.user, stats: data.user.stats, failures, warnings, isNameMissing, isUnknown };
}

// The `snapshots` with these fields, oldest first, and the `earliest` one of all. Without `days`, `from` and `to` are
// midnights or null. The gateway has cached the history by then.
export async function snapshots(id, mode, { every, ...window }, fields, signal) {
  const variables = { id, mode: mode.value, window: windowOf(window), every: INTERVALS[every] };
  const response = await request(snapshotsQuery(fields), variables, { signal });
  const stats = response.data?.user?.stats;
  return required(response, stats?.snapshots && stats);
}

// A page of hiscores. `choice`: `order`, `best` and `filter`. It may make osu!track start to track a player without
// stats: of such players only on a visitor's request.
export async function hiscores(id, mode, choice, { first, after = null }, signal) {
  const response = await request(HISCORES, { id, mode: mode.value, ...choice, first, after }, { signal });
  return required(response, response.data?.user?.stats.hiscores);
}

// A page of hiscores by name. It may make osu!track start to track the player: only on a visitor's request.
export async function hiscoresByName(name, mode, { first, after = null }) {
  const response = await request(HISCORES_BY_NAME, { name, mode: mode.value, first, after });
  return required(response, response.data?.hiscoresByUsername);
}

// The value of the mode with the most plays; null if there is no data.
export async function mainMode(id, signal) {
  const { data } = await request(MODES, { id }, { signal });
  const modes = data?.user.allStats.filter(({ latest }) => latest) ?? [];
  return modes.sort((one, other) => other.latest.playCount - one.latest.playCount)[0]?.mode ?? null;
}

// The hiscores with the highest pp in a window, for the chart. The gateway has cached the hiscores by then.
export async function plays(id, mode, window, signal) {
  const variables = { id, mode: mode.value, window: windowOf(window), first: MAX_PLAYS };
  const response = await request(PLAYS, variables, { signal });
  return required(response, response.data?.user?.stats.hiscores);
}

export function windowOf({ days, from, to }) {
  if (days) return { days };
  const between = { ...(from != null && { from: isoDay(from) }), ...(to != null && { to: isoDay(to) }) };
  return Object.keys(between).length ? { between } : null;
}

// An `UpdateUserResult`. Never retried automatically: it is a mutation.
export async function update(id, mode, token) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await request(UPDATE, { id, mode: mode.value }, { headers });
  return required(response, response.data?.updateUser);
}

// The end of the cooldown of updates; null if an update is possible.
export const nextUpdate = async (id, mode) => (await read(NEXT_UPDATE, profileVariables(id, mode))).nextUpdateAt;

// The change of the stats since the snapshot before the newest one, null if it is unknown, and the end of the cooldown.
export async function lastChange(id, mode) {
  const { latest, nextUpdateAt } = await read(LAST_CHANGE, profileVariables(id, mode));
  return { delta: latest?.delta ?? null, nextUpdateAt };
}
