// Players by name. A lookup can reach the names service of the gateway's operator, never osu!track.

import { gql, graphql, RequestError } from "./graphql.js";
import { queryLink } from "./query-link.js";

const USER_BY_NAME = gql`
  query UserByName($username: String!) {
    userByName(username: $username) { id }
  }`;

// The query of `findPlayer` in GraphiQL.
export const nameLink = (username) => queryLink(USER_BY_NAME, { username });

// `{ id }` of the player with this name: null if it is not known, and if `isMissing`, osu! has no such player.
export async function findPlayer(username) {
  const { data, errors, extensions } = await graphql(USER_BY_NAME, { username });
  if (errors) throw new RequestError(errors[0].message, errors[0].extensions);
  const isUnresolved = extensions?.warnings?.some(({ code }) => code === "USERNAME_UNRESOLVED") ?? false;
  return { id: data.userByName?.id ?? null, isMissing: !data.userByName && !isUnresolved };
}

// A name at the start of a title: "Player 1056" in place of "ID 1056".
export const titleName = (name) => name.replace(/^ID(?= \d+$)/, "Player");
