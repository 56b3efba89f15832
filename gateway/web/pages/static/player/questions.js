// What the page asks the gateway, and the answers with what went wrong sorted by the part of the page it is about.

import { AskError, sent } from "../ask.js";
import { INTERVALS, isoDay } from "./address.js";

// Longer than the gateway lets an operation take: it knows better what went wrong.
const PATIENCE_MS = 45_000;

const PROFILE = `
  query Profile($id: ID!, $mode: GameMode!) {
    user(id: $id) {
      username profileUrl osuTrackUrl
      stats(mode: $mode) {
        tracked
        latest { at pp globalRank accuracy level playCount }
        earliest { at pp globalRank accuracy playCount }
        week: gain(window: { days: 7 }) { ...gained }
        month: gain(window: { days: 30 }) { ...gained }
        year: gain(window: { days: 365 }) { ...gained }
        peak { pp ppAt globalRank globalRankAt accuracy accuracyAt }
        snapshots(every: WEEK) { at pp globalRank accuracy playCount }
      }
    }
  }
  fragment gained on Gain {
    coversWholeWindow
    start { at }
    delta { pp ranksGained accuracy level playCount }
  }`;

const SNAPSHOTS = `
  query Snapshots($id: ID!, $mode: GameMode!, $window: Window, $every: Interval) {
    user(id: $id) { stats(mode: $mode) {
      snapshots(window: $window, every: $every) { at pp globalRank accuracy playCount }
    } }
  }`;

const HISCORES = `
  query Hiscores($id: ID!, $mode: GameMode!, $order: ScoreOrder!, $best: Boolean!, $first: Int!, $after: String) {
    user(id: $id) { stats(mode: $mode) {
      hiscores(orderBy: $order, bestPerBeatmap: $best, first: $first, after: $after) {
        totalCount
        nodes { beatmapId beatmapUrl score pp grade playedAt mods { acronyms label } }
        pageInfo { hasNextPage endCursor }
      }
    } }
  }`;

const UPDATE = `
  mutation Update($id: ID!, $mode: GameMode!) {
    updateUser(id: $id, mode: $mode) {
      __typename
      ... on UpdateUserSuccess {
        firstUpdate leveledUp
        delta { pp ranksGained accuracy level playCount totalScore countSS countS countA }
        newHiscores { position beatmapId beatmapUrl pp grade accuracy maxCombo perfect countMiss mods { acronyms label } }
      }
      ... on UpdateOnCooldown { retryAfterSeconds }
      ... on UpdateRefused { message }
    }
  }`;

// All that is on the page beside the chart and the hiscores; `troubles` by part, "peak" or "history".
export async function profile(id, mode, signal) {
  const { data, errors, warnings } = await asked(PROFILE, { id, mode: mode.value }, { signal });
  if (!data?.user) throw troubleOf(errors[0]);
  const troubles = {};
  for (const error of errors) troubles[error.path?.includes("peak") ? "peak" : "history"] ??= troubleOf(error);
  return { user: data.user, stats: data.user.stats, troubles, warnings };
}

// Oldest first. `from` and `to` are midnights; either may be null. The gateway has them in its memory by then.
export async function snapshots(id, mode, { from, to, every }, signal) {
  const between = { ...(from != null && { from: isoDay(from) }), ...(to != null && { to: isoDay(to) }) };
  const window = Object.keys(between).length ? { between } : null;
  const answer = await asked(SNAPSHOTS, { id, mode: mode.value, window, every: INTERVALS[every] }, { signal });
  return needed(answer, answer.data?.user?.stats.snapshots);
}

// A page of them. Ask only for players who are tracked: for others, osu!track begins to track them.
export async function hiscores(id, mode, { order, best, first, after = null }, signal) {
  const answer = await asked(HISCORES, { id, mode: mode.value, order, best, first, after }, { signal });
  return needed(answer, answer.data?.user?.stats.hiscores);
}

// One of the types of `UpdateUserResult`. Sent once: it is for people to press again.
export async function update(id, mode, token) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await asked(UPDATE, { id, mode: mode.value }, { headers });
  return needed(answer, answer.data?.updateUser);
}

async function asked(query, variables, { headers, signal } = {}) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const signals = AbortSignal.any([patience, ...(signal ? [signal] : [])]);
  try {
    const { data, errors = [], extensions = {} } = await sent({ query, variables }, { headers, signal: signals });
    if (!data && !errors.length) throw new AskError("The gateway answered with nothing.");
    return { data, errors, warnings: extensions.warnings ?? [] };
  } catch (error) {
    if (!patience.aborted) throw error;
    throw new AskError("The gateway did not answer in time.", { code: "NO_ANSWER" });
  }
}

function needed({ errors }, value) {
  if (value == null) throw troubleOf(errors[0]);
  return value;
}

const troubleOf = (error) =>
  Object.assign(new AskError(error?.message ?? "The gateway left something out.", error?.extensions), {
    requestId: error?.extensions?.requestId,
  });
