// A player's name that arrives after the rest of a page: the gateway lets a lookup delay other data for a short time only,
// and goes on with it. An operation with nothing but the name waits for it.

import { gql } from "./graphql.js";
import { request } from "./request.js";

const NAME = gql`
  query Name($id: ID!) {
    user(id: $id) { username osuTrackUrl }
  }`;

// A failure in the first response can be over after this time.
const DELAY_MS = 1000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// `{ username, osuTrackUrl }`, null if it cannot be looked up.
export async function lateName(id, signal) {
  await wait(DELAY_MS);
  if (signal?.aborted) return null;
  const { data } = await request(NAME, { id }, { signal }).catch(() => ({}));
  return data?.user?.username ? data.user : null;
}
