// The query of the page. All filters of a mode and period are read from one list, which the gateway caches.

import { gql } from "../shared/graphql.js";
import { request, required } from "../shared/request.js";
import { scoreFilter } from "./filters.js";

export const BEST_PLAYS = gql`
  query BestPlays($mode: GameMode!, $window: Window, $filter: ScoreFilter, $first: Int!, $after: String) {
    bestPlays(mode: $mode, window: $window, filter: $filter, first: $first, after: $after) {
      nodes {
        beatmapId beatmapUrl score pp grade playedAt
        mods { acronyms }
        user { id username }
      }
      pageInfo { hasNextPage endCursor }
    }
  }`;

// The variables of a view.
export function variables({ mode, days, ...filters }, { first, after = null }) {
  return { mode: mode.value, window: days == null ? null : { days }, filter: scoreFilter(filters), first, after };
}

// A page of plays, with the warnings and the cost of the response.
export async function bestPlays(view, page, signal) {
  const response = await request(BEST_PLAYS, variables(view, page), { signal });
  return { ...required(response, response.data?.bestPlays), warnings: response.warnings, cost: response.cost };
}
