// Error boxes: title, advice, details, and a retry button that respects `retryAfterSeconds`.

import { countRetry, isAutomatic } from "./automatic-retries.js";
import { button, el } from "./elements.js";
import { countdown } from "./format.js";

const TIMEOUT = ["osu!track is slow", "It did not respond in time. Retry in a moment."];
const NOT_TRUSTED = [
  "Queries of this page are not allowed",
  "This gateway accepts trusted documents only. Its operator has not added the documents of this page.",
];
// Title and advice by error code.
const MESSAGES = {
  UPSTREAM_TIMEOUT: TIMEOUT,
  OPERATION_TIMEOUT: TIMEOUT,
  UPSTREAM_UNAVAILABLE: ["osu!track is unavailable", "It does not respond, and there is no recent copy of this data here. Retry later."],
  USER_NOT_FOUND: ["No such player", "Neither osu!track nor osu! has a player with this name. Check the spelling."],
  UPSTREAM_BUSY: [
    "Too many requests to osu!track",
    "osu!track is one person’s free service, so this site sends it few requests at a time. Retry in a moment.",
  ],
  UPSTREAM_INVALID_RESPONSE: [
    "Invalid response from osu!track",
    "The response has an unexpected format; it may be an error page. Retry later.",
  ],
  UPDATE_OUTCOME_UNKNOWN: [
    "Update not confirmed",
    "osu!track did not confirm the update, which may have been made. The page checks this by itself.",
  ],
  UPSTREAM_REJECTED: ["osu!track rejected the request", "If the error persists, please report it."],
  RATE_LIMITED: [
    "Too many pages at once",
    "All visitors of this site share the limits of osu!track. Wait a moment.",
  ],
  RESULT_TOO_LARGE: [
    "Too many snapshots",
    "Choose a shorter time range, or one snapshot per day, week or month.",
  ],
  UNAUTHENTICATED: [
    "Updates require a token",
    "The operator of this gateway issues tokens. All other features work without a token.",
  ],
  UPDATES_DISABLED: ["Updates are switched off", "The operator of this gateway has disabled them. Reads still work."],
  PERSISTED_QUERY_NOT_SUPPORTED: NOT_TRUSTED,
  DOCUMENT_NOT_TRUSTED: NOT_TRUSTED,
  NETWORK: ["This site is unreachable", "Check your network connection, then retry."],
  SERVICE_UNAVAILABLE: ["This site is unavailable", "It may be restarting. Retry in a moment."],
  SERVICE_TIMEOUT: ["This site is slow", "It did not respond in time. Check your network connection, then retry."],
};
const UNKNOWN = ["Unexpected error", "Retry. If the error persists, please report it."];

// Retrying cannot help.
const FINAL = new Set(["RESULT_TOO_LARGE", "UPDATE_OUTCOME_UNKNOWN", "UPDATES_DISABLED", "PERSISTED_QUERY_NOT_SUPPORTED", "DOCUMENT_NOT_TRUSTED"]);

export const messageFor = ({ code }) => MESSAGES[code] ?? UNKNOWN;

function startRetryCountdown(target, error, retry) {
  if (!isAutomatic(error, retry)) return startCountdown(target, error.retryAfterSeconds, "Retry");
  const onEnd = () => target.isConnected && countRetry(error) && retry();
  const write = (left) => `Continues in ${countdown(left)}`;
  return startCountdown(target, error.retryAfterSeconds, "Retry", { onEnd, write });
}

// A box for a RequestError, about a subject if not about the whole part of the page. The retry button calls `retry`, and
// is disabled until `retryAfterSeconds` have passed. `control` takes its place.
export function errorBox(error, retry, { advice = messageFor(error)[1], title = messageFor(error)[0], subject = null, control = null } = {}) {
  const retryButton = !control && !FINAL.has(error.code) && button("Retry", retry, { class: "small" });
  if (retryButton && error.retryAfterSeconds) startRetryCountdown(retryButton, error, retry);
  return el(
    "div",
    { class: "error-box notice bad", role: "alert", "data-code": error.code },
    el("p", { class: "title" }, subject && `${subject}: `, title),
    el("p", {}, advice),
    el("div", { class: "row" }, retryButton || control, details(error)),
  );
}

function details({ code, message, requestId }) {
  const requestLine = requestId && el("p", {}, "Request ID ", el("code", {}, requestId));
  return el(
    "details",
    {},
    el("summary", {}, "Details"),
    el("p", {}, message),
    el("p", {}, "Error code ", el("code", {}, code)),
    requestLine,
  );
}

// Disables a button and shows a countdown on it, then calls `onEnd`. Returns a function that ends it early, without
// `onEnd`.
export function startCountdown(target, seconds, label, { onEnd = () => {}, write = (left) => `${label} in ${countdown(left)}` } = {}) {
  const endsAt = Date.now() + seconds * 1000;
  const tick = () => {
    const left = (endsAt - Date.now()) / 1000;
    if (left > 0 && target.isConnected) target.textContent = write(left);
    else {
      end();
      onEnd();
    }
  };
  const end = () => {
    clearInterval(timer);
    target.removeAttribute("aria-disabled");
    target.textContent = label;
  };
  const timer = setInterval(tick, 1000);
  target.setAttribute("aria-disabled", "true");
  target.textContent = write(seconds);
  return end;
}
