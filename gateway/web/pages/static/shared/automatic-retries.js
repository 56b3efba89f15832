// Retries without a click. After the gateway's own rate limit, which refuses an operation before it reaches osu!track, for
// visitors who open many pages: they are bounded. After a pause of osu!track: once per page, while it is visible. In all
// other cases, such as a long wait or an update, a retry needs a click.

const MAX_RETRIES = 5;
const PERIOD_MS = 300_000;
const MAX_WAIT_S = 60;
// The parts of a page that are refused together count once.
const TOGETHER_MS = 5_000;
const PAUSES = new Set(["UPSTREAM_BUSY", "UPSTREAM_UNAVAILABLE"]);

let times = [];
let hasPaused = false;

export function isAutomatic({ code, retryAfterSeconds }, retry) {
  if (retry.isManual || !(retryAfterSeconds <= MAX_WAIT_S)) return false;
  if (PAUSES.has(code)) return !hasPaused;
  times = times.filter((at) => Date.now() - at < PERIOD_MS);
  return code === "RATE_LIMITED" && times.length < MAX_RETRIES;
}

// Counts a retry that is due. Returns whether it may be sent: nobody waits for a page in the background.
export function countRetry({ code }) {
  if (PAUSES.has(code)) {
    hasPaused = true;
    return document.visibilityState === "visible";
  }
  if (!times.length || Date.now() - times.at(-1) > TOGETHER_MS) times.push(Date.now());
  return true;
}

// Nobody waits for a page in the background: calls `read` once the page is visible.
export function whenVisible(read) {
  if (document.visibilityState === "visible") return read();
  document.addEventListener("visibilitychange", () => whenVisible(read), { once: true });
}
