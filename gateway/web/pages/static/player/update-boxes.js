// The boxes below the Update button: the result of an update, a wait, and the form for a token.

import { copyButton } from "../shared/copy-button.js";
import { button, byId, el } from "../shared/elements.js";
import { messageFor } from "../shared/error-box.js";
import { countdown, day, duration } from "../shared/format.js";
import { playItem } from "../shared/plays.js";
import { changes } from "./summary.js";
import { playStats, resultText } from "./update-text.js";

const VISIBLE_PLAYS = 5;

export { isUncertain, UpdateCheck } from "./update-check.js";

// The advice after an error of an update, undefined for the usual one. osu!track has not received an update that fails
// with an error that is not uncertain, or has refused it.
export function adviceFor({ code }) {
  if (code === "UPSTREAM_BUSY") return "Updates are shared by all visitors. Others were faster. Nothing was updated.";
  if (code === "UPSTREAM_REJECTED") return "Nothing was updated. If the error persists, please report it.";
  return code.startsWith("UPSTREAM_") ? "The update was not sent, so nothing was updated. Retry later." : undefined;
}

export function successBox(result, mode) {
  const { firstUpdate, leveledUp, delta, newHiscores, since } = result;
  const tiles = delta ? changes(delta) : [];
  const sinceDay = since ? ` since ${day(since)}` : "";
  const title = firstUpdate ? "Tracking started" : `${tiles.length ? "Changes" : "No changes"}${sinceDay}`;
  const first = "This is the first snapshot. The next update will show changes.";
  const text = resultText(result, { name: byId("name").textContent, mode, url: location.href });
  return box(
    "good",
    title,
    leveledUp && el("p", { class: "level-up" }, "Level up!"),
    !delta && el("p", {}, first),
    tiles.length > 0 && el("dl", { class: "tiles" }, tiles),
    delta && !tiles.length && el("p", {}, "The stats are the same as before."),
    newHiscores.length > 0 && plays(newHiscores, { total: result.total, kind: firstUpdate ? "" : "new " }),
    tiles.length + newHiscores.length > 0 && el("p", {}, copyButton("Copy as text", text)),
  );
}

export const refusalBox = ({ message }) => box("warn", "Update refused", el("p", {}, message));

export function cooldownBox({ retryAfterSeconds }) {
  const text = `To protect osu!track, the next update is possible in ${duration(retryAfterSeconds)}.`;
  return box("", "Recently updated", el("p", {}, text));
}

// After an update without a confirmation. `isNew`: there is a snapshot since then, with this change of the stats if it is
// known. `retry` checks again.
export function checkedBox(isNew, delta, retry) {
  if (isNew) {
    const tiles = delta ? changes(delta) : [];
    return box("good", "Update made", el("p", {}, "The page shows the new snapshot."), tiles.length > 0 && el("dl", { class: "tiles" }, tiles));
  }
  const text = "There is no new snapshot: osu!track has probably not made the update.";
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
function plays(list, { total = list.length, kind }) {
  const title = `${total} ${kind}${total === 1 ? "hiscore" : "hiscores"}`;
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
