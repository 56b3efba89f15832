// Error boxes: title, advice, details, and a retry button that respects `retryAfterSeconds`.

import { button, el } from "../shared/elements.js";
import { countdown } from "../shared/format.js";

const SLOW = ["osu!track is slow just now", "It did not answer in time. Nothing is lost: try again in a moment."];
const REFUSED = [
  "This gateway does not take the page’s questions",
  "Its operator admits chosen documents only, and this page’s are not among them.",
];
// Title and advice by error code.
const MESSAGES = {
  UPSTREAM_TIMEOUT: SLOW,
  OPERATION_TIMEOUT: SLOW,
  UPSTREAM_UNAVAILABLE: [
    "osu!track can’t be reached",
    "It is down, or failing. Only what the gateway remembers can be shown. Try again in a while.",
  ],
  UPSTREAM_BUSY: [
    "Many are asking just now",
    "The gateway asks osu!track only so often, because it is one person’s free service. Your turn comes soon.",
  ],
  UPSTREAM_INVALID_RESPONSE: [
    "osu!track’s answer can’t be understood",
    "It sent something else than usual, an error page perhaps. Try again in a while.",
  ],
  UPSTREAM_REJECTED: [
    "osu!track refused the question",
    "It looks right to the gateway. If this stays so, please report it.",
  ],
  RATE_LIMITED: ["You have asked a lot", "Your points with this gateway are used up. They come back by the minute."],
  RESULT_TOO_LARGE: [
    "These are too many snapshots at once",
    "Choose a shorter window, or show one a day, a week or a month.",
  ],
  UNAUTHENTICATED: [
    "Updates need a token here",
    "The operator of this gateway hands tokens out. Everything else is open to all.",
  ],
  PERSISTED_QUERY_NOT_SUPPORTED: REFUSED,
  DOCUMENT_NOT_TRUSTED: REFUSED,
  NETWORK: ["The gateway can’t be reached", "Look whether you are connected, then try again."],
  NO_ANSWER: ["The gateway does not answer", "It took too long. Look whether you are connected, then try again."],
};
const OTHER = ["Something went wrong", "This should not happen. Try again; if it stays so, please report it."];

// Retrying cannot help.
const FINAL = new Set(["RESULT_TOO_LARGE", "PERSISTED_QUERY_NOT_SUPPORTED", "DOCUMENT_NOT_TRUSTED"]);

export const messageFor = ({ code }) => MESSAGES[code] ?? OTHER;

// A box for a RequestError. The retry button calls `retry`, and is disabled until `retryAfterSeconds` have passed.
export function errorBox(error, retry, advice = messageFor(error)[1]) {
  const [title] = messageFor(error);
  const retryButton = !FINAL.has(error.code) && button("Try again", retry, { class: "small" });
  if (retryButton && error.retryAfterSeconds) startCountdown(retryButton, error.retryAfterSeconds, "Try again");
  return el(
    "div",
    { class: "error-box notice bad", role: "alert", "data-code": error.code },
    el("p", { class: "title" }, title),
    el("p", {}, advice),
    el("div", { class: "row" }, retryButton, details(error)),
  );
}

function details({ code, message, requestId }) {
  const requestLine = requestId && el("p", {}, "Request ", el("code", {}, requestId));
  return el(
    "details",
    {},
    el("summary", {}, "Details"),
    el("p", {}, message),
    el("p", {}, "Code ", el("code", {}, code)),
    requestLine,
  );
}

// Disables a button and shows a countdown on it, then calls `onEnd`. Returns a function that ends it early, without
// `onEnd`.
export function startCountdown(target, seconds, label, { onEnd = () => {} } = {}) {
  const endsAt = Date.now() + seconds * 1000;
  const tick = () => {
    const left = (endsAt - Date.now()) / 1000;
    if (left > 0 && target.isConnected) target.textContent = `${label} in ${countdown(left)}`;
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
  target.textContent = `${label} in ${countdown(seconds)}`;
  return end;
}
