// The Update button: sends the update mutation and shows its result.

import { announce, button, byId, el, moveFocus } from "../shared/elements.js";
import { duration, percent } from "../shared/format.js";
import { playItem } from "../shared/plays.js";
import { errorBox, messageFor, startCountdown } from "./error-box.js";
import { update } from "./queries.js";
import { changes } from "./summary.js";

const LABEL = "Update";
const HINT = "Refresh this player’s stats from osu!.";
const VISIBLE_PLAYS = 5;
const SLOW_MS = 4000;
// After these errors the update may have run.
const UNCERTAIN = ["OPERATION_TIMEOUT", "SERVICE_TIMEOUT", "SERVICE_UNAVAILABLE"];
const UNCERTAIN_ADVICE = "The update may have run. Reload the page in a few minutes before you retry.";

export class Update {
  // `onUpdate({first, plays})` loads the new data after a successful update, `onNotFound()` if osu! has no user with this ID.
  constructor({ onUpdate, onNotFound }) {
    Object.assign(this, { onUpdate, onNotFound });
    this.token = null; // never stored
    byId("update").addEventListener("click", ({ currentTarget }) => {
      if (currentTarget.getAttribute("aria-disabled") !== "true") this.send();
    });
  }

  // Switches to a player and mode, and clears the result of the previous one.
  show(id, mode) {
    Object.assign(this, { id, mode });
    this.generation = (this.generation ?? 0) + 1;
    this.endCooldown?.();
    this.endCooldown = null;
    this.setLabel(LABEL);
    byId("update-hint").textContent = HINT;
    byId("update-result").replaceChildren();
  }

  // "Start tracking" for a player without data.
  setLabel(label) {
    this.label = label;
    this.setIdle();
  }

  async send() {
    const { generation } = this;
    moveFocus(byId("update-result"), byId("update"));
    this.setBusy();
    try {
      const result = await update(this.id, this.mode, this.token);
      if (generation !== this.generation) return;
      this.setLabel(result.__typename === "UpdateUserSuccess" ? LABEL : this.label);
      this.showResult(result);
    } catch (error) {
      if (generation !== this.generation) return;
      this.setIdle();
      this.showError(error);
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
        el(
          "p",
          { class: "muted text-small" },
          "The update is still running. osu!track can take a while.",
        ),
      );
    }, SLOW_MS);
  }

  setIdle() {
    clearTimeout(this.slow);
    const target = byId("update");
    target.removeAttribute("aria-disabled");
    target.textContent = this.label;
  }

  showResult(result) {
    if (result.__typename === "UpdateUserSuccess") {
      this.put(success(result));
      return this.reload(result);
    }
    if (result.__typename === "UpdateOnCooldown") return this.showCooldown(result);
    if (result.__typename === "UserNotFound") this.onNotFound();
    this.put(box("warn", "Update refused", el("p", {}, result.message)));
  }

  // The rest of the page follows the result: with a slow osu!track, it takes several times as long.
  async reload({ firstUpdate, newHiscores }) {
    const { generation } = this;
    byId("update-hint").textContent = "Loading the new data …";
    await this.onUpdate({ first: firstUpdate, plays: newHiscores.length });
    if (generation === this.generation) byId("update-hint").textContent = HINT;
  }

  showCooldown({ retryAfterSeconds }) {
    const onEnd = () => {
      byId("update-result").replaceChildren();
      announce("The player can be updated again.");
    };
    this.endCooldown = startCountdown(byId("update"), retryAfterSeconds, this.label, { onEnd });
    const text = `To protect osu!track, the next update is possible in ${duration(retryAfterSeconds)}.`;
    this.put(box("", "Recently updated", el("p", {}, text)));
  }

  showError(error) {
    if (error.code === "UNAUTHENTICATED") return this.showTokenForm(error);
    const advice = UNCERTAIN.includes(error.code) ? UNCERTAIN_ADVICE : undefined;
    const retry = Object.assign(() => this.send(), { isManual: true });
    byId("update-result").replaceChildren(errorBox(error, retry, { advice }));
  }

  showTokenForm(error) {
    const [title, advice] = messageFor(error);
    const field = el("input", { id: "token", type: "password", autocomplete: "off", required: true });
    const form = el(
      "form",
      { class: "row" },
      el("label", { for: "token" }, "Token"),
      field,
      el("button", { class: "small primary" }, "Update with token"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.token = field.value.trim();
      byId("update").focus();
      this.send();
    });
    const rejected = this.token ? "Invalid token. " : "";
    this.token = null;
    this.put(box("warn", title, el("p", {}, rejected + advice), form));
    field.focus();
  }

  put(content) {
    byId("update-result").replaceChildren(content);
    announce(content.innerText);
  }
}

function success({ firstUpdate, leveledUp, delta, newHiscores }) {
  const tiles = delta ? changes(delta) : [];
  const title = firstUpdate ? "Tracking started" : tiles.length ? "Changes" : "No changes";
  const first = "This is the first snapshot. The next update will show changes.";
  return box(
    "good",
    title,
    leveledUp && el("p", { class: "level-up" }, "Level up!"),
    !delta && el("p", {}, first),
    tiles.length > 0 && el("dl", { class: "tiles" }, tiles),
    delta && !tiles.length && el("p", {}, "The stats are the same as before."),
    newHiscores.length > 0 && plays(newHiscores),
  );
}

function plays(list) {
  const title = list.length === 1 ? "1 new hiscore" : `${list.length} new hiscores`;
  const lines = list.map((play) => {
    const { position, pp, accuracy, maxCombo, perfect, countMiss } = play;
    const stats = `${percent(accuracy)}, ${maxCombo}×${perfect ? ", full combo" : countMiss ? `, ${countMiss} missed` : ""}`;
    return playItem(play, `No. ${position} · ${stats}`, `${Math.round(pp)} pp`);
  });
  const visible = el("ol", { class: "new-hiscores" }, lines.slice(0, VISIBLE_PLAYS));
  const rest = lines.slice(VISIBLE_PLAYS);
  const more =
    rest.length > 0 &&
    button(`Show ${rest.length} more`, () => (visible.append(...rest), more.remove()), { class: "small" });
  return el("div", { class: "stack" }, el("h3", {}, title), visible, more);
}

function box(kind, title, ...parts) {
  return el("section", { class: `result ${kind}`, "aria-label": "Update result" }, el("h2", {}, title), parts);
}
