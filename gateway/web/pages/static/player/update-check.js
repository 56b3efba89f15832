// An update that may have been made: the page reads the player again until osu!track answers. It sends no second update.

import { whenVisible } from "../shared/automatic-retries.js";
import { button, byId, el, moveFocus } from "../shared/elements.js";
import { errorBox, messageFor, startCountdown } from "../shared/error-box.js";
import { lastChange } from "./queries.js";

const UNKNOWN = "UPDATE_OUTCOME_UNKNOWN";
// After these errors, too, the update may have run.
const UNCERTAIN = new Set([UNKNOWN, "OPERATION_TIMEOUT", "SERVICE_TIMEOUT", "SERVICE_UNAVAILABLE", "INTERNAL_SERVER_ERROR", "NETWORK"]);
const FIRST_S = 30;
// Before each further read.
const PAUSES_S = [15, 30, 60, 60, 120, 120, 300];
// A clock can differ from that of osu!track.
const SKEW_MS = 60_000;

export const isUncertain = ({ code }) => UNCERTAIN.has(code);

// One box with one button, until the outcome is known.
export class UpdateCheck {
  constructor(update, error) {
    const [title, text] = messageFor({ code: UNKNOWN });
    const sentAt = Date.now();
    Object.assign(this, { update, error, sentAt, text: el("span", {}, text) });
    this.button = button("Check again", () => this.read(), { class: "small" });
    this.box = errorBox(error, null, { title, advice: this.text, control: this.button });
  }

  start() {
    byId("update-result").replaceChildren(this.box);
    this.wait(this.error.readAfterSeconds ?? FIRST_S, PAUSES_S);
  }

  wait(seconds, pauses) {
    startCountdown(this.button, seconds, "Check", { onEnd: () => whenVisible(() => this.read(pauses)) });
  }

  // `pauses` are those before the further reads. Another content of the page ends the check.
  async read(pauses = PAUSES_S) {
    if (!this.box.isConnected) return;
    this.button.setAttribute("aria-disabled", "true");
    this.button.textContent = "Checking …";
    const isRead = await this.update.onCheck();
    if (!this.box.isConnected) return;
    if (isRead) this.showOutcome();
    else this.showFailure(pauses);
  }

  showFailure([pause, ...pauses]) {
    this.button.textContent = "Check again";
    this.button.removeAttribute("aria-disabled");
    const advice = pause ? "yet. The page checks again by itself." : "by now. Check again later.";
    this.text.textContent = `The update may have been made. The player could not be read ${advice}`;
    if (pause) this.wait(pause, pauses);
  }

  async showOutcome() {
    const isNew = this.isNew();
    const { delta = null, nextUpdateAt } = isNew ? await this.readChange() : {};
    if (!this.box.isConnected) return;
    const retry = () => {
      byId("update-result").replaceChildren(this.box);
      this.read();
    };
    moveFocus(byId("update-result"), byId("update"));
    this.update.put(this.update.boxes.checkedBox(isNew, delta, retry));
    this.update.waitUntil(nextUpdateAt);
  }

  // The change of the stats by the update, and the end of its cooldown. The gateway has cached the history by then.
  readChange() {
    return lastChange(this.update.id, this.update.mode).catch(() => ({}));
  }

  // Whether there is a snapshot since the update was sent. Without data, the page did not know the one before.
  isNew() {
    const { latestAt, sentAfter } = this.update;
    return sentAfter === undefined ? Date.parse(latestAt) > this.sentAt - SKEW_MS : latestAt !== sentAfter;
  }
}
