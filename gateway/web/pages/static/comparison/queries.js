// The operations of a comparison: the data of several players, and their gains in the window of the charts.

import { windowOf } from "../player/queries.js";
import { gql } from "../shared/graphql.js";
import { queryLink } from "../shared/query-link.js";
import { request, requestError } from "../shared/request.js";

// Aliases instead of `users(ids:)`, which looks no names up. The name is a supplement.
// `page_documents.py` has the forms of both placeholders.
const compareQuery = (ids) => {
  const variables = ids.map((_, index) => `$id${index}: ID!`).join(", ");
  const users = ids.map((_, index) => `player${index}: user(id: $id${index}) { ...compared }`).join("\n    ");
  return gql`
  query Compare($mode: GameMode!, ${variables}) {
    ${users}
  }
  fragment compared on User {
    username
    stats(mode: $mode) {
      tracked
      latest { at pp globalRank accuracy level playCount }
      earliest { at globalRank pp }
      snapshots(every: WEEK) { at globalRank pp }
    }
  }`;
};
const compareVariables = (ids, mode) => ({ mode: mode.value, ...Object.fromEntries(ids.map((id, index) => [`id${index}`, id])) });

const GAINS = gql`
  query Gains($ids: [ID!]!, $mode: GameMode!, $window: Window!) {
    users(ids: $ids) {
      stats(mode: $mode) {
        gain(window: $window) { start { at } delta { pp ranksGained accuracy level playCount } }
        within: gain(window: $window, withinWindow: true) { start { at } delta { pp ranksGained accuracy level playCount } }
      }
    }
  }`;

// The query about these players in GraphiQL.
export const comparisonLink = (ids, mode) => queryLink(compareQuery(ids), compareVariables(ids, mode));

// `{ user, stats, ageSeconds }` or `{ error }` of each player. One operation has all players; if it is rejected as a
// whole, each is asked for alone, so that one cannot hide the others.
export async function players(ids, mode, signal) {
  const { data, errors, warnings } = await request(compareQuery(ids), compareVariables(ids, mode), { signal });
  if (data) return ids.map((_, index) => playerOf(`player${index}`, data, errors, warnings));
  if (ids.length === 1) return [{ error: requestError(errors[0]) }];
  return Promise.all(ids.map((id) => players([id], mode, signal).then(([player]) => player, failureOf)));
}

function playerOf(alias, data, errors, warnings) {
  const error = errors.find(({ path }) => path?.[0] === alias && path[1] !== "username");
  if (error || !data[alias]) return { error: requestError(error) };
  const ages = warnings.filter(({ code, path }) => code === "STALE_DATA" && path?.[0] === alias);
  return { user: data[alias], stats: data[alias].stats, ageSeconds: Math.max(0, ...ages.map((each) => each.ageSeconds)) };
}

// The `gain` and that `within` the window, or `{ error }`, of each player, in the order of `ids`. The gateway has cached
// the histories by then.
export async function gains(ids, mode, window, signal) {
  const variables = { ids, mode: mode.value, window: windowOf(window) ?? { between: {} } };
  const { data, errors } = await request(GAINS, variables, { signal });
  if (!data) throw requestError(errors[0]);
  return ids.map((_, index) => {
    const error = errors.find(({ path }) => path?.[1] === index);
    return error ? { error: requestError(error) } : data.users[index].stats;
  });
}

// Also of an aborted request, whose result nobody reads.
export const failureOf = (error) => ({ error });
