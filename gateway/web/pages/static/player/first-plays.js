// The first plays with 100, 200, ... pp, as milestones. Read only once the gateway has cached the hiscores.

import { gql } from "../shared/graphql.js";
import { read } from "../shared/request.js";

const FIRST_PLAYS = gql`
  query FirstPlays($id: ID!, $mode: GameMode!, $pp: [Float!]!) {
    user(id: $id) { stats(mode: $mode) {
      firstPlays(ppAtLeast: $pp) { ppAtLeast play { beatmapId beatmapUrl pp playedAt } }
    } }
  }`;

export const FIRST_PP = Array.from({ length: 25 }, (_, index) => 100 * (index + 1));

// Of several in one play, the highest: "First 300 pp play".
export async function firstPlays(id, mode, signal) {
  const stats = await read(FIRST_PLAYS, { id, mode: mode.value, pp: FIRST_PP }, signal);
  const reached = stats.firstPlays.filter(({ play }) => play);
  return reached.filter(({ play }, index) => reached[index + 1]?.play.playedAt !== play.playedAt);
}
