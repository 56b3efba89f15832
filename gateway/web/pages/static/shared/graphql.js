// Client for the gateway's GraphQL endpoint, shared by all pages.

// The URL of the gateway, at any mount path. The bundles of the modules are in a folder at the same depth.
export const root = new URL("../../", import.meta.url);
export const endpoint = new URL("graphql", root);

// The text of an operation, without the indentation of the code around it.
export function gql(strings, ...values) {
  const lines = String.raw({ raw: strings }, ...values).replace(/^\n/, "").trimEnd().split("\n");
  const [indentation] = lines[0].match(/^ */);
  return lines.map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line)).join("\n");
}

// Events: "revalidating" for a response from data that the gateway is refreshing (`extensions.revalidating`).
export const responses = new EventTarget();

// A failed request: a readable `message` and, if known, `code`, `retryable`, `retryAfterSeconds`
// and `readAfterSeconds`.
export class RequestError extends Error {
  constructor(message, { code = "NETWORK", retryable = true, retryAfterSeconds = null, readAfterSeconds = null } = {}) {
    super(message);
    Object.assign(this, { code, retryable, retryAfterSeconds, readAfterSeconds });
  }
}

// The response as GraphQL defines it: `data` (failed fields are null), `errors` and `extensions`.
// Throws a RequestError if there is no data at all.
export async function graphql(query, variables = {}) {
  const content = await post({ query, variables });
  if (!content.data) {
    const [first] = content.errors ?? [];
    throw new RequestError(first?.message ?? "The response has no data.", first?.extensions);
  }
  return content;
}

// The response body of any status. Throws a RequestError if there is no JSON response.
export async function post(request, { headers = {}, signal } = {}) {
  const response = await fetchResponse(request, headers, signal);
  try {
    const content = await response.json();
    if (content.extensions?.revalidating) responses.dispatchEvent(new Event("revalidating"));
    return content;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestError(`Unexpected response with status ${response.status}: the body is not JSON.`);
  }
}

async function fetchResponse(request, headers, signal) {
  try {
    return await fetch(endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
      body: JSON.stringify(request),
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestError("The gateway is unreachable. Check your network connection.");
  }
}
