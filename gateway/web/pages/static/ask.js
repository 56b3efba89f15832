// Asking the gateway: the one way in which our pages get what they show.

export const endpoint = new URL("../graphql", import.meta.url);

// What went wrong, in words for people: `message`, and where known `code`, `retryable` and `retryAfterSeconds`.
export class AskError extends Error {
  constructor(message, { code = "NETWORK", retryable = true, retryAfterSeconds = null } = {}) {
    super(message);
    Object.assign(this, { code, retryable, retryAfterSeconds });
  }
}

// The whole response: `data` (fields that failed are null in it), `errors` and `extensions`, as GraphQL has them.
// Throws an AskError when there is no data at all.
export async function ask(query, variables = {}, { signal } = {}) {
  const content = await sent({ query, variables }, { signal });
  if (!content.data) {
    const [first] = content.errors ?? [];
    throw new AskError(first?.message ?? "The gateway answered with nothing.", first?.extensions);
  }
  return content;
}

// The response to a request as it is, refused or not. Throws an AskError when there is none.
export async function sent(request, { headers = {}, signal } = {}) {
  const response = await answered(request, headers, signal);
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new AskError(`The answer has status ${response.status} and is not JSON: it is not from the gateway.`);
  }
}

async function answered(request, headers, signal) {
  try {
    return await fetch(endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
      body: JSON.stringify(request),
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new AskError("The gateway can't be reached. Is it running, and is there a network?");
  }
}

// A colour of site.css as the browser has it now, for what is drawn on a canvas: colour("--accent").
export function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
