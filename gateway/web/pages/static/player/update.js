// The Update button: asks osu!track to read the player anew, and tells what changed, or why nothing was done.

import { announce, button, byId, el, leave } from "./elements.js";
import { length } from "./format.js";
import { gradeBadge, mapLink, modList } from "./hiscores.js";
import { changes } from "./numbers.js";
import { update } from "./questions.js";
import { troubleBox, wait, wordsOf } from "./trouble.js";

const LABEL = "Update";
const PLAYS = 5;
const SLOW_MS = 4000;
// After these, osu!track may have done what it was asked to, unless it was left alone for a while.
const UNSURE = [
  "UPSTREAM_TIMEOUT",
  "UPSTREAM_UNAVAILABLE",
  "UPSTREAM_INVALID_RESPONSE",
  "OPERATION_TIMEOUT",
  "NO_ANSWER",
];
const MAYBE = "The update may have been made all the same: look again in a while before you repeat it.";

export class Update {
  // `updated({first, plays})` is called when there is something new to read, `unknown()` when osu! knows nobody by
  // this ID.
  constructor({ updated, unknown }) {
    Object.assign(this, { updated, unknown });
    this.token = null; // as long as the page is open, and nowhere else
    byId("update").addEventListener("click", ({ currentTarget }) => {
      if (currentTarget.getAttribute("aria-disabled") !== "true") this.send();
    });
  }

  // For this player and mode; what was told of another one goes.
  show(id, mode) {
    Object.assign(this, { id, mode });
    this.round = (this.round ?? 0) + 1;
    this.end?.();
    this.end = null;
    this.rest();
    byId("updated").replaceChildren();
  }

  async send() {
    const { round } = this;
    leave(byId("updated"), byId("update"));
    this.busy();
    try {
      const result = await update(this.id, this.mode, this.token);
      if (round !== this.round) return;
      this.rest();
      await this.tell(result);
    } catch (trouble) {
      if (round !== this.round) return;
      this.rest();
      this.fail(trouble);
    }
  }

  busy() {
    const target = byId("update");
    target.setAttribute("aria-disabled", "true");
    target.textContent = "Updating …";
    announce("Asking osu!track to update the player.");
    byId("updated").replaceChildren();
    this.slow = setTimeout(() => {
      byId("updated").replaceChildren(
        el("p", { class: "soft fine" }, "osu!track takes a while to read a player from osu!. It is still at it."),
      );
    }, SLOW_MS);
  }

  rest() {
    clearTimeout(this.slow);
    const target = byId("update");
    target.removeAttribute("aria-disabled");
    target.textContent = LABEL;
  }

  async tell(result) {
    if (result.__typename === "UpdateUserSuccess") {
      await this.updated({ first: result.firstUpdate, plays: result.newHiscores.length });
      return this.put(success(result));
    }
    if (result.__typename === "UpdateOnCooldown") return this.cool(result);
    if (result.__typename === "UserNotFound") this.unknown();
    this.put(box("warn", "Nothing to update", el("p", {}, result.message)));
  }

  cool({ retryAfterSeconds: left }) {
    const over = () => {
      byId("updated").replaceChildren();
      announce("The player can be updated again.");
    };
    this.end = wait(byId("update"), left, LABEL, { over });
    const text =
      "osu!track was asked to read this player a moment ago, and is one person’s free service." +
      ` It can be asked again in ${length(left)}.`;
    this.put(box("", "Updated already", el("p", {}, text)));
  }

  fail(trouble) {
    if (trouble.code === "UNAUTHENTICATED") return this.askForToken(trouble);
    const advice = UNSURE.includes(trouble.code) && !trouble.retryAfterSeconds ? MAYBE : undefined;
    byId("updated").replaceChildren(troubleBox(trouble, () => this.send(), advice));
  }

  askForToken(trouble) {
    const [title, advice] = wordsOf(trouble);
    const field = el("input", { id: "token", type: "password", autocomplete: "off", required: true });
    const form = el(
      "form",
      { class: "row" },
      el("label", { for: "token" }, "Token"),
      field,
      el("button", { class: "small primary" }, "Update with it"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.token = field.value.trim();
      byId("update").focus();
      this.send();
    });
    const wrong = this.token ? "This token is not one of them. " : "";
    this.token = null;
    this.put(box("warn", title, el("p", {}, wrong + advice), form));
    field.focus();
  }

  put(shown) {
    byId("updated").replaceChildren(shown);
    announce(shown.innerText);
  }
}

function success({ firstUpdate, leveledUp, delta, newHiscores }) {
  const tiles = delta ? changes(delta) : [];
  const title = firstUpdate ? "Tracked from now on" : tiles.length ? "What changed" : "Nothing has changed";
  const first = "This is the first snapshot. Come back after some plays, and there is something to compare with.";
  return box(
    "good",
    title,
    leveledUp && el("p", { class: "level-up" }, "Level up!"),
    !delta && el("p", {}, first),
    tiles.length > 0 && el("dl", { class: "tiles" }, tiles),
    delta && !tiles.length && el("p", {}, "osu! has the same numbers as before."),
    newHiscores.length > 0 && plays(newHiscores),
  );
}

function plays(list) {
  const title = list.length === 1 ? "A new hiscore" : `${list.length} new hiscores`;
  const lines = list.map((play) => {
    const { position, pp, accuracy, maxCombo, perfect, countMiss } = play;
    const how = `${accuracy.toFixed(2)} %, ${maxCombo}×${perfect ? ", full combo" : countMiss ? `, ${countMiss} missed` : ""}`;
    return el(
      "li",
      {},
      gradeBadge(play.grade),
      el(
        "span",
        { class: "which" },
        mapLink(play),
        " ",
        modList(play.mods),
        el("small", {}, `No. ${position} · ${how}`),
      ),
      el("b", {}, `${Math.round(pp)} pp`),
    );
  });
  const shown = el("ol", { class: "found" }, lines.slice(0, PLAYS));
  const rest = lines.slice(PLAYS);
  const more =
    rest.length > 0 &&
    button(`Show ${rest.length} more`, () => (shown.append(...rest), more.remove()), { class: "small" });
  return el("div", { class: "stack" }, el("h3", {}, title), shown, more);
}

function box(kind, title, ...parts) {
  return el("section", { class: `outcome ${kind}`, "aria-label": "Outcome of the update" }, el("h2", {}, title), parts);
}
