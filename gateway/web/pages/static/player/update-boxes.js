// The boxes below the Update button: the result of an update, a wait, and the form for a token.

import { copyButton } from "../shared/copy-button.js";
import { button, byId, el, moveFocus } from "../shared/elements.js";
import { errorBox, messageFor, startCountdown } from "../shared/error-box.js";
import { countdown, duration } from "../shared/format.js";
import { playItem } from "../shared/plays.js";
import { changes } from "./summary.js";
import { playStats, resultText } from "./update-text.js";

const VISIBLE_PLAYS = 5;
const READ_AFTER_S = 30;

// After these errors the update may have run.
const UNCERTAIN = ["OPERATION_TIMEOUT", "SERVICE_TIMEOUT", "SERVICE_UNAVAILABLE"];

// The advice after an error of an update, undefined for the usual one. osu!track has not received an update that fails
// with another error of osu!track than UPDATE_OUTCOME_UNKNOWN, or has refused it.
export function adviceFor({ code }) {
  if (UNCERTAIN.includes(code)) return "The update may have run. Reload the page in a few minutes before you retry.";
  if (code === "UPSTREAM_BUSY") return "Updates are shared by all visitors. Others were faster. Nothing was updated.";
  if (code === "UPSTREAM_REJECTED") return "Nothing was updated. If the error persists, please report it.";
  return code.startsWith("UPSTREAM_") ? "The update was not sent, so nothing was updated. Retry later." : undefined;
}

export function successBox(result, mode) {
  const { firstUpdate, leveledUp, delta, newHiscores } = result;
  const tiles = delta ? changes(delta) : [];
  const title = firstUpdate ? "Tracking started" : tiles.length ? "Changes" : "No changes";
  const first = "This is the first snapshot. The next update will show changes.";
  const text = resultText(result, { name: byId("name").textContent, mode, url: location.href });
  return box(
    "good",
    title,
    leveledUp && el("p", { class: "level-up" }, "Level up!"),
    !delta && el("p", {}, first),
    tiles.length > 0 && el("dl", { class: "tiles" }, tiles),
    delta && !tiles.length && el("p", {}, "The stats are the same as before."),
    newHiscores.length > 0 && plays(newHiscores, result.total),
    tiles.length + newHiscores.length > 0 && el("p", {}, copyButton("Copy as text", text)),
  );
}

export const refusalBox = ({ message }) => box("warn", "Update refused", el("p", {}, message));

export function cooldownBox({ retryAfterSeconds }) {
  const text = `To protect osu!track, the next update is possible in ${duration(retryAfterSeconds)}.`;
  return box("", "Recently updated", el("p", {}, text));
}

// An update without a confirmation: the button reads the player again, by itself once the update must have ended.
export function showUnknown(update, error) {
  const content = errorBox(error, null);
  const check = button("Check", () => readAgain(update), { class: "small" });
  content.querySelector(".row").prepend(check);
  startCountdown(check, error.readAfterSeconds ?? READ_AFTER_S, "Check", { onEnd: () => check.isConnected && readAgain(update) });
  byId("update-result").replaceChildren(content);
}

async function readAgain(update) {
  const { generation } = update;
  moveFocus(byId("update-result"), byId("update"));
  update.put(el("p", { class: "muted text-small" }, "Reading the player again …"));
  const isRead = await update.onCheck();
  if (generation !== update.generation) return;
  update.put(checkedBox({ isNew: update.latestAt !== update.sentAfter, isRead }, () => readAgain(update)));
}

// `isNew`: there is a new snapshot since the update was sent. `retry` checks again.
function checkedBox({ isNew, isRead }, retry) {
  if (isNew) return box("good", "Update made", el("p", {}, "The page shows the new snapshot."));
  const text = isRead
    ? "There is no new snapshot: osu!track has probably not made the update."
    : "The player could not be read again.";
  return box("warn", "Update not confirmed", el("p", {}, text), el("p", {}, button("Check again", retry, { class: "small" })));
}

// An update that waits for the budget of all visitors: the box, and a function that ends the wait. `onEnd` is called once
// when the time is over.
export function waitingBox({ retryAfterSeconds }, { onEnd, onCancel }) {
  const endsAt = Date.now() + retryAfterSeconds * 1000;
  const left = el("span", {}, countdown(retryAfterSeconds));
  const end = () => clearInterval(timer);
  const timer = setInterval(() => {
    const rest = (endsAt - Date.now()) / 1000;
    left.textContent = countdown(rest);
    if (rest > 0) return;
    end();
    onEnd();
  }, 1000);
  const text = el("p", {}, "Updates are shared by all visitors. Yours starts in ", left, ".");
  return [el("div", { class: "result row space-between" }, text, button("Cancel", onCancel, { class: "small" })), end];
}

// `onSubmit(token)` is called with the visitor's token; `isRejected` if the previous one was invalid.
export function tokenBox(error, { isRejected, onSubmit }) {
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
    onSubmit(field.value.trim());
  });
  return box("warn", title, el("p", {}, (isRejected ? "Invalid token. " : "") + advice), form);
}

// `total`: a stored result has the first hiscores only.
function plays(list, total = list.length) {
  const title = total === 1 ? "1 new hiscore" : `${total} new hiscores`;
  const lines = list.map((play) => {
    return playItem(play, `No. ${play.position} · ${playStats(play)}`, `${Math.round(play.pp)} pp`);
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
