// What went wrong, in words, with what to do about it: a box with a button that waits as long as it is told to.

import { button, el } from "./elements.js";
import { clock } from "./format.js";

const SLOW = ["osu!track is slow just now", "It did not answer in time. Nothing is lost: try again in a moment."];
const REFUSED = [
  "This gateway does not take the page’s questions",
  "Its operator admits chosen documents only, and this page’s are not among them.",
];
const WORDS = {
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

// The same question would get the same answer.
const FINAL = new Set(["RESULT_TOO_LARGE", "PERSISTED_QUERY_NOT_SUPPORTED", "DOCUMENT_NOT_TRUSTED"]);

export const wordsOf = ({ code }) => WORDS[code] ?? OTHER;

// A box for this AskError, with `advice` if there is some that fits better. `again` is called when the person wants to
// try again, not before `retryAfterSeconds` are over; that is not offered where it can't help.
export function troubleBox(trouble, again, advice = wordsOf(trouble)[1]) {
  const [title] = wordsOf(trouble);
  const retry = !FINAL.has(trouble.code) && button("Try again", again, { class: "small" });
  if (retry && trouble.retryAfterSeconds) wait(retry, trouble.retryAfterSeconds, "Try again");
  return el(
    "div",
    { class: "trouble notice bad", role: "alert", "data-code": trouble.code },
    el("p", { class: "title" }, title),
    el("p", {}, advice),
    el("div", { class: "row" }, retry, facts(trouble)),
  );
}

function facts({ code, message, requestId }) {
  const id = requestId && el("p", {}, "Request ", el("code", {}, requestId));
  return el(
    "details",
    {},
    el("summary", {}, "Details"),
    el("p", {}, message),
    el("p", {}, "Code ", el("code", {}, code)),
    id,
  );
}

// The button is off, and counts down, for so many seconds. `over` is called then. Returns a function that
// ends it before, without that.
export function wait(target, seconds, label, { over = () => {} } = {}) {
  const until = Date.now() + seconds * 1000;
  const count = () => {
    const left = (until - Date.now()) / 1000;
    if (left > 0 && target.isConnected) target.textContent = `${label} in ${clock(left)}`;
    else {
      end();
      over();
    }
  };
  const end = () => {
    clearInterval(timer);
    target.removeAttribute("aria-disabled");
    target.textContent = label;
  };
  const timer = setInterval(count, 1000);
  target.setAttribute("aria-disabled", "true");
  target.textContent = `${label} in ${clock(seconds)}`;
  return end;
}
