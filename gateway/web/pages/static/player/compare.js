// Two players side by side: a form to say who the other is, and a table of how they stand.

import { playerId } from "./address.js";
import { button, byId, el, unseen } from "./elements.js";
import { count, decimal, percent, pp, rank, signed } from "./format.js";
import { troubleBox } from "./trouble.js";

const ROWS = [
  ["pp", ({ latest }) => latest.pp, decimal, 1],
  ["Global rank", ({ latest }) => latest.globalRank, rank, -1],
  ["Accuracy", ({ latest }) => latest.accuracy, percent, 1],
  ["Level", ({ latest }) => latest.level, decimal, 1],
  ["Plays", ({ latest }) => latest.playCount, count, 0],
  ["Best rank", ({ peak }) => peak?.globalRank, rank, -1],
  ["Most pp", ({ peak }) => peak?.pp, decimal, 1],
  ["pp in 30 days", ({ month }) => month?.delta.pp, (value) => signed(value, decimal), 1],
  ["pp in 365 days", ({ year }) => year?.delta.pp, (value) => signed(value, decimal), 1],
];

// `chosen(id)` is called with another player, or null for nobody.
export function listen(own, chosen) {
  const [form, field, hint] = [byId("compare-form"), byId("compare-id"), byId("compare-hint")];
  const usual = hint.textContent;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const id = playerId(field.value);
    const problem =
      id === null ? "A number is needed, as in osu.ppy.sh/users/2." : id === own ? "That is the same player." : "";
    field.setAttribute("aria-invalid", String(problem !== ""));
    hint.textContent = problem || usual;
    hint.classList.toggle("wrong", problem !== "");
    if (problem) field.focus();
    else chosen(id);
  });
}

export function showWaiting(id) {
  byId("compare-id").value = id;
  byId("compared").replaceChildren(el("p", { class: "waiting" }, `Asking for player ${id} …`));
}

export const showNobody = () => byId("compared").replaceChildren();

export function showTrouble(trouble, again, remove) {
  byId("compared").replaceChildren(troubleBox(trouble, again), el("p", {}, removal(remove)));
}

export function showUntracked(name, href, remove) {
  const link = el("a", { href }, `their page`);
  byId("compared").replaceChildren(
    el(
      "p",
      { class: "notice warn" },
      `osu!track has no snapshots of ${name} in this mode. On `,
      link,
      " their tracking can be begun.",
    ),
    el("p", {}, removal(remove)),
  );
}

// `one` and `other` have a `name` and `stats`; the other one also `href`.
export function showBoth(one, other, remove) {
  const head = [el("td"), el("th", { scope: "col", class: "number player-0" }, one.name)];
  head.push(el("th", { scope: "col", class: "number player-1" }, el("a", { href: other.href }, other.name)));
  head.push(el("th", { scope: "col", class: "number wide" }, "Difference"));
  const rows = ROWS.map((row) => line(row, one.stats, other.stats));
  const caption = el("caption", { class: "unseen" }, `${one.name} and ${other.name} compared`);
  byId("compared").replaceChildren(
    el(
      "div",
      { class: "scrolls" },
      el("table", {}, caption, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)),
    ),
    el("p", {}, removal(remove)),
  );
}

function line([title, of, form, better], one, other) {
  const values = [of(one), of(other)];
  const known = values.every((value) => value != null);
  const ahead = known ? Math.sign((values[0] - values[1]) * better) : 0;
  const cells = values.map((value, index) => cell(form(value), ahead === (index ? -1 : 1)));
  const plain = form === rank ? count : form === percent || form === pp ? decimal : form === count ? count : decimal;
  const difference = known ? signed(values[0] - values[1], plain) : "–";
  return el("tr", {}, el("th", { scope: "row" }, title), cells, el("td", { class: "number soft wide" }, difference));
}

function cell(text, ahead) {
  return el("td", { class: `number${ahead ? " ahead" : ""}` }, text, ahead && unseen(" (ahead)"));
}

const removal = (remove) => button("Stop comparing", remove, { class: "small" });
