// Sends queries with several transports, like a page of another origin, to the URL in the first argument. Prints the
// ranks and, for each request, its method and the response's status, as JSON by transport.
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange } from "@urql/core";

const [url] = process.argv.slice(2);
const ORIGIN = "https://site.example";
const QUERY = "query Rank($id: ID!) { user(id: $id) { id stats { latest { globalRank } } } }";
const SAFE_HEADERS = new Set(["accept", "accept-language", "content-language"]);
let requests = [];

/** `fetch` as in a browser: with its headers, a preflight where one is required, and a check of the origin. */
async function browserFetch(input, { method = "GET", headers = {}, ...options } = {}) {
  const all = new Headers(headers);
  const unsafe = [...all.keys()].filter((name) => !SAFE_HEADERS.has(name)).sort();
  const cors = { Origin: ORIGIN, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty" };
  if (unsafe.length) {
    const asked = { "Access-Control-Request-Method": method, "Access-Control-Request-Headers": unsafe.join(",") };
    const preflight = await fetch(input, { method: "OPTIONS", headers: { ...cors, ...asked } });
    requests.push(`OPTIONS ${preflight.status}`);
    const allowed = preflight.headers.get("Access-Control-Allow-Headers") ?? "";
    if (!unsafe.every((name) => allowed.toLowerCase().includes(name))) throw new Error(`refused: ${unsafe}`);
  }
  for (const [name, value] of Object.entries(cors)) all.set(name, value);
  const response = await fetch(input, { method, headers: all, ...options });
  requests.push(`${method} ${response.status}`);
  if (!["*", ORIGIN].includes(response.headers.get("Access-Control-Allow-Origin"))) throw new Error("unreadable");
  return response;
}

async function urql(options) {
  const client = new Client({ url, exchanges: [fetchExchange], fetch: browserFetch, ...options });
  const { data, error } = await client.query(QUERY, { id: "2" });
  if (error) throw error;
  return data;
}

async function apollo(http, ...links) {
  const link = ApolloLink.from([...links, new HttpLink({ uri: url, fetch: browserFetch, ...http })]);
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return (await client.query({ query: gql(QUERY), variables: { id: "2" } })).data;
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const transports = {
  "urql": () => urql({}),
  "urql by POST": () => urql({ preferGetMethod: false }),
  "Apollo by POST": () => apollo({}),
  "Apollo useGETForQueries": () => apollo({ useGETForQueries: true }),
  "Apollo useGETForHashedQueries": () => apollo({}, new PersistedQueryLink({ sha256, useGETForHashedQueries: true })),
};
const results = {};
for (const [name, send] of Object.entries(transports)) {
  requests = [];
  const data = await send();
  results[name] = { rank: data.user.stats.latest.globalRank, requests };
}
console.log(JSON.stringify(results));
