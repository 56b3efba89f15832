// "Open this page's query": a link to GraphiQL with a query and variables, as a tab of its own.
//
//     const PROFILE = gql`query Profile($id: ID!) { user(id: $id) { username } }`;
//     byId("query-link").href = queryLink(PROFILE, { id: "2" });
//
// Pass the text and the variables that the page sends, so that both are the same. The HTML has the link at the end of
// its footer (parts/footer.html).

import { endpoint } from "./graphql.js";

export function queryLink(query, variables = {}) {
  const link = new URL(endpoint);
  link.searchParams.set("query", query);
  if (Object.keys(variables).length) link.searchParams.set("variables", JSON.stringify(variables, null, 2));
  return link.href;
}
