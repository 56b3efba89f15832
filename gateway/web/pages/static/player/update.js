// The Update button: sends the update mutation and shows its result.

import { announce, byId, el, moveFocus } from "../shared/elements.js";
import { errorBox, startCountdown } from "../shared/error-box.js";
import { waiting } from "../shared/format.js";
import { showLastUpdate, storeUpdate } from "./last-update.js";
import { loadBoxes } from "./load-boxes.js";
import { nextUpdate, update } from "./queries.js";

const LABEL = "Update";
const HINT = "Refresh this player’s stats from osu!.";
const START_LABEL = "Start tracking";
const START_HINT = "Read this player’s stats from osu! for the first time.";
const COOLDOWN_HINT = "Updated recently.";
// A snapshot of this age can be that of an update whose cooldown lasts.
const RECENT_MS = 3_600_000;
const SLOW_MS = 4000;

export class Update {
  // `onUpdate({first, plays})` loads the new data after a successful update. `onCheck()` reads the player again, and
  // returns whether osu!track has answered. `onNotFound(refuse)` is called if osu! has no user with this ID; `refuse()` shows the
  // refusal.
  constructor({ onUpdate, onCheck, onNotFound }) {
    Object.assign(this, { onUpdate, onCheck, onNotFound });
    this.token = null; // never stored
    const target = byId("update");
    target.addEventListener("click", () => target.getAttribute("aria-disabled") !== "true" && this.send());
    for (const event of ["pointerenter", "focus"]) target.addEventListener(event, () => this.findCooldown());
  }

  // Switches to a player and mode, with the result of the last update in this browser.
  show(id, mode) {
    Object.assign(this, { id, mode, isCooldownKnown: false, latestAt: undefined });
    this.generation = (this.generation ?? 0) + 1;
    this.setLabel(LABEL, HINT);
    byId("update-result").replaceChildren();
    showLastUpdate(this);
  }

  // A player without data is not tracked yet.
  offerStart() {
    this.latestAt = null;
    this.setLabel(START_LABEL, START_HINT);
  }

  setLabel(label, hint) {
    Object.assign(this, { label, hint });
    byId("update-hint").textContent = hint;
    this.setIdle();
  }

  // A snapshot has been loaded: if it is recent, the button can be in its cooldown.
  showSnapshot({ at }) {
    this.latestAt = at;
    if (this.label === START_LABEL) this.setLabel(LABEL, HINT);
    if (Date.now() - Date.parse(at) < RECENT_MS) this.findCooldown();
  }

  // Asked once per player and mode, apart from the page's data: the response cannot be cached.
  async findCooldown() {
    if (this.isCooldownKnown || !this.id || this.isBusy()) return;
    this.isCooldownKnown = true;
    const { generation } = this;
    const at = await nextUpdate(this.id, this.mode).catch(() => null);
    if (generation === this.generation && !this.isBusy()) this.waitUntil(at);
  }

  isBusy() {
    return byId("update").getAttribute("aria-disabled") === "true";
  }

  // Disables the button until an instant. The countdown is on the button.
  waitUntil(at, onEnd = () => {}) {
    const seconds = at ? (Date.parse(at) - Date.now()) / 1000 : 0;
    if (seconds <= 0) return;
    this.endCooldown?.();
    byId("update-hint").textContent = COOLDOWN_HINT;
    const finish = () => {
      byId("update-hint").textContent = this.hint;
      announce("The player can be updated again.");
      onEnd();
    };
    const write = (left) => `Update possible in ${waiting(left)}`;
    this.endCooldown = startCountdown(byId("update"), seconds, this.label, { onEnd: finish, write });
  }

  // `isRepeated`: this is the automatic start after a wait for the shared budget.
  async send({ isRepeated = false } = {}) {
    const { generation } = this;
    this.isCooldownKnown = true;
    this.sentAfter = this.latestAt;
    moveFocus(byId("update-result"), byId("update"));
    this.setBusy();
    try {
      // Before the mutation: its result must not be lost.
      this.boxes ??= await loadBoxes();
      if (generation !== this.generation) return;
      // The stats on the page were those of the snapshot before.
      const result = { ...(await update(this.id, this.mode, this.token)), since: this.sentAfter };
      if (generation !== this.generation) return;
      if (result.__typename === "UpdateUserSuccess") this.setLabel(LABEL, HINT);
      else this.setIdle();
      await this.showResult(result);
    } catch (error) {
      if (generation !== this.generation) return;
      this.setIdle();
      this.showError(error, isRepeated);
    }
  }

  setBusy() {
    const target = byId("update");
    target.setAttribute("aria-disabled", "true");
    target.textContent = "Updating …";
    announce("Updating the player.");
    byId("update-result").replaceChildren();
    this.slow = setTimeout(() => {
      byId("update-result").replaceChildren(
        el("p", { class: "muted text-small" }, "The update is still running. osu!track can take a while."),
      );
    }, SLOW_MS);
  }

  setIdle() {
    clearTimeout(this.slow);
    this.endWait?.();
    this.endCooldown?.();
    this.endWait = this.endCooldown = null;
    const target = byId("update");
    target.removeAttribute("aria-disabled");
    target.textContent = this.label;
  }

  showResult(result) {
    const { successBox, refusalBox } = this.boxes;
    if (result.__typename === "UpdateUserSuccess") {
      storeUpdate(this, result);
      this.put(successBox(result, this.mode));
      this.reload(result);
    } else if (result.__typename === "UpdateOnCooldown") this.showCooldown(result);
    else if (result.__typename === "UserNotFound") return this.onNotFound(() => this.put(refusalBox(result)));
    else this.put(refusalBox(result));
  }

  // The rest of the page follows the result: with a slow osu!track, it takes several times as long.
  async reload({ firstUpdate, newHiscores, stats }) {
    const { generation } = this;
    this.waitUntil(stats?.nextUpdateAt);
    byId("update-hint").textContent = "Loading the new data …";
    await this.onUpdate({ first: firstUpdate, plays: newHiscores.length });
    if (generation === this.generation) byId("update-hint").textContent = this.isBusy() ? COOLDOWN_HINT : this.hint;
  }

  showCooldown(result) {
    const at = new Date(Date.now() + result.retryAfterSeconds * 1000).toISOString();
    this.waitUntil(at, () => byId("update-result").replaceChildren());
    this.put(this.boxes.cooldownBox(result));
  }

  showError(error, isRepeated) {
    if (error.code === "UNAUTHENTICATED") return this.showTokenForm(error);
    if (this.boxes?.isUncertain(error)) return new this.boxes.UpdateCheck(this, error).start();
    if (error.code === "UPSTREAM_BUSY" && error.retryAfterSeconds && !isRepeated) return this.showWait(error);
    const retry = Object.assign(() => this.send(), { isManual: true });
    byId("update-result").replaceChildren(errorBox(error, retry, { advice: this.boxes?.adviceFor(error) }));
  }

  // All visitors share the budget of updates: this one starts by itself, once.
  showWait(error) {
    const target = byId("update");
    target.setAttribute("aria-disabled", "true");
    const [content, end] = this.boxes.waitingBox(error, {
      onEnd: () => this.send({ isRepeated: true }),
      onCancel: () => {
        this.setIdle();
        target.focus();
        byId("update-result").replaceChildren();
        announce("The update is cancelled.");
      },
    });
    this.endWait = end;
    this.put(content);
  }

  showTokenForm(error) {
    const isRejected = this.token !== null;
    this.token = null;
    const onSubmit = (token) => {
      this.token = token;
      byId("update").focus();
      this.send();
    };
    this.put(this.boxes.tokenBox(error, { isRejected, onSubmit }));
    byId("token").focus();
  }

  put(content) {
    byId("update-result").replaceChildren(content);
    announce(content.innerText);
  }
}
