// Retries without a click, for visitors who open many pages: after the gateway's own rate limit only, which refuses an
// operation before it reaches osu!track. They are bounded; after that, or after a long wait, a retry needs a click.

const MAX_RETRIES = 5;
const PERIOD_MS = 300_000;
const MAX_WAIT_S = 60;
// The parts of a page that are refused together count once.
const TOGETHER_MS = 5_000;

let times = [];

export function isAutomatic({ code, retryAfterSeconds }, retry) {
  times = times.filter((at) => Date.now() - at < PERIOD_MS);
  return code === "RATE_LIMITED" && retryAfterSeconds <= MAX_WAIT_S && !retry.isManual && times.length < MAX_RETRIES;
}

export function countRetry() {
  if (!times.length || Date.now() - times.at(-1) > TOGETHER_MS) times.push(Date.now());
}
