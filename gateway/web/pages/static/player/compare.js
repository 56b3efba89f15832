// Comparison of two players: the form and the table.

import { INVALID_ADDRESS, parseAddress, profileUrl, segmentOf, textOf } from "../shared/address.js";
import { button, byId, el, externalLink, visuallyHidden } from "../shared/elements.js";
import { count, decimal, percent, pp, rank, signed } from "../shared/format.js";
import { errorBox } from "./error-box.js";

const SAME_PLAYER = "This is the same player.";
// Title, value, format, and the better direction: 1 is higher, -1 is lower, 0 is neither.
const ROWS = [
  ["pp", ({ latest }) => latest.pp, decimal, 1],
  ["Global rank", ({ latest }) => latest.globalRank, rank, -1],
  ["Accuracy", ({ latest }) => latest.accuracy, percent, 1],
  ["Level", ({ latest }) => latest.level, decimal, 1],
  ["Plays", ({ latest }) => latest.playCount, count, 0],
  ["Peak rank", ({ peak }) => peak?.globalRank, rank, -1],
  ["Peak pp", ({ peak }) => peak?.pp, decimal, 1],
  ["pp in 30 days", ({ month }) => month?.delta.pp, (value) => signed(value, decimal), 1],
  ["pp in 365 days", ({ year }) => year?.delta.pp, (value) => signed(value, decimal), 1],
];

// `onChoose(player)` is called with the ID or the name of another player than that with the ID `ownId()`. The comparison
// is in the page's mode: that of an entered URL does not matter.
export function listenToForm(ownId, onChoose) {
  const [form, field, hint] = [byId("compare-form"), byId("compare-id"), byId("compare-hint")];
  const defaultHint = hint.textContent;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = parseAddress(field.value);
    const problem = address === null ? INVALID_ADDRESS : address.id === ownId() ? SAME_PLAYER : "";
    field.setAttribute("aria-invalid", String(problem !== ""));
    hint.textContent = problem || defaultHint;
    hint.classList.toggle("invalid", problem !== "");
    if (problem) field.focus();
    else onChoose(textOf(address));
  });
}

export function showLoading(player) {
  byId("compare-id").value = player;
  byId("comparison").replaceChildren(el("p", { class: "loading" }, `Loading player ${player} …`));
}

export const clear = () => byId("comparison").replaceChildren();

export function showError(error, retry, onStop) {
  byId("comparison").replaceChildren(errorBox(error, retry), el("p", {}, stopButton(onStop)));
}

export function showSamePlayer(onStop) {
  byId("comparison").replaceChildren(el("p", { class: "notice neutral" }, SAME_PLAYER), el("p", {}, stopButton(onStop)));
}

// A name without a known ID.
export function showUnresolved(name, { isMissing }, onStop) {
  const text = isMissing ? `osu! has no player with the name “${name}”. ` : `The player ID of “${name}” is not known here. `;
  const profile = externalLink(profileUrl(name), profileUrl(name).replace("https://", ""));
  const page = el("a", { href: segmentOf({ id: null, name }) }, "Plays by name");
  byId("comparison").replaceChildren(
    el("p", { class: "notice warn" }, text, "Open ", profile, ": its final address contains the number. Paste it above. ", page),
    el("p", {}, stopButton(onStop)),
  );
}

export function showUntracked(name, href, onStop) {
  const link = el("a", { href }, "the player page");
  byId("comparison").replaceChildren(
    el(
      "p",
      { class: "notice warn" },
      `osu!track has no snapshots of ${name} in this mode. Start tracking on `,
      link,
      ".",
    ),
    el("p", {}, stopButton(onStop)),
  );
}

// `one` and `other` have a `name` and `stats`; `other` also has `href`.
export function showTable(one, other, onStop) {
  const headers = [el("td"), el("th", { scope: "col", class: "number player-0" }, one.name)];
  headers.push(el("th", { scope: "col", class: "number player-1" }, el("a", { href: other.href }, other.name)));
  headers.push(el("th", { scope: "col", class: "number wide-only" }, "Difference"));
  const rows = ROWS.map((row) => tableRow(row, one.stats, other.stats));
  const caption = el("caption", { class: "visually-hidden" }, `${one.name} and ${other.name} compared`);
  byId("comparison").replaceChildren(
    el(
      "div",
      { class: "scroll-x" },
      el("table", {}, caption, el("thead", {}, el("tr", {}, headers)), el("tbody", {}, rows)),
    ),
    el("p", {}, stopButton(onStop)),
  );
}

function tableRow([title, value, format, better], one, other) {
  const values = [value(one), value(other)];
  const complete = values.every((each) => each != null);
  const ahead = complete ? Math.sign((values[0] - values[1]) * better) : 0;
  const cells = values.map((each, index) => cell(format(each), ahead === (index ? -1 : 1)));
  const plain = format === rank || format === count ? count : decimal;
  const difference = complete ? signed(values[0] - values[1], plain) : "–";
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, title),
    cells,
    el("td", { class: "number muted wide-only" }, difference),
  );
}

function cell(text, ahead) {
  return el("td", { class: `number${ahead ? " ahead" : ""}` }, text, ahead && visuallyHidden(" (ahead)"));
}

const stopButton = (onStop) => button("Stop comparing", onStop, { class: "small" });
