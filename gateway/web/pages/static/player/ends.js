// The snapshots at both ends of the changes in a window: those of the gain in the same window.

import { gql } from "../shared/graphql.js";
import { read } from "../shared/request.js";
import { windowOf } from "./queries.js";

const endsQuery = (fields) => gql`
  query Ends($id: ID!, $mode: GameMode!, $window: Window!) {
    user(id: $id) { stats(mode: $mode) {
      gain(window: $window) { start { at ${fields} } end { at ${fields} } }
      within: gain(window: $window, withinWindow: true) { start { at ${fields} } end { at ${fields} } }
    } }
  }`;

// `start` and `end` with these fields, of the `gain` and of that `within` the window; null if there are none. The gateway
// has cached the history by then.
export const changeEnds = (id, mode, window, fields, signal) =>
  read(endsQuery(fields), { id, mode: mode.value, window: windowOf(window) }, signal);
