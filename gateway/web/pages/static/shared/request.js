// Requests of all pages, with a timeout and one form of errors.

import { post, RequestError } from "./graphql.js";
import { anySignal } from "./signals.js";

// Longer than the gateway's operation timeout: its own error is more precise.
const TIMEOUT_MS = 45_000;

// The response to a query, with its errors, warnings and cost.
export async function request(query, variables, { headers, signal } = {}) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await post({ query, variables }, { headers, signal: anySignal(timeout, signal) });
    const { data, errors = [], extensions = {} } = response;
    if (!data && !errors.length) throw new RequestError("The response has no data.");
    return { data, errors, warnings: extensions.warnings ?? [], cost: extensions.cost };
  } catch (error) {
    if (!timeout.aborted) throw error;
    throw new RequestError("The gateway did not respond in time.", { code: "SERVICE_TIMEOUT" });
  }
}

export function required({ errors }, value) {
  if (value == null) throw requestError(errors[0]);
  return value;
}

export const requestError = (error) =>
  Object.assign(new RequestError(error?.message ?? "The response is incomplete.", error?.extensions), {
    requestId: error?.extensions?.requestId,
  });

// The player's `stats` in the response to a query that fails as a whole.
export async function read(query, variables, signal) {
  const response = await request(query, variables, { signal });
  if (response.errors.length) throw requestError(response.errors[0]);
  return required(response, response.data?.user?.stats);
}
