// The query of the page. All filters of a mode and period are read from one list, which the gateway caches.

import { gql } from "../shared/graphql.js";
import { request, required } from "../player/queries.js";
import { GRADES } from "./view.js";

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
export function variables({ mode, days, mods, without, grades }, { first, after = null }) {
  const conditions = {
    ...(mods.length && { modsAll: mods }),
    ...(without.length && { modsNone: without }),
    ...(grades.length && { grades: grades.flatMap((grade) => GRADES[grade]) }),
  };
  const filter = Object.keys(conditions).length ? conditions : null;
  return { mode: mode.value, window: days == null ? null : { days }, filter, first, after };
}

// A page of plays, with the warnings and the cost of the response.
export async function bestPlays(view, page, signal) {
  const response = await request(BEST_PLAYS, variables(view, page), { signal });
  return { ...required(response, response.data?.bestPlays), warnings: response.warnings, cost: response.cost };
}
