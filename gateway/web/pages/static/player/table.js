// What the charts draw as tables, newest first; made when somebody opens them, some rows at a time.

import { button, el, when } from "./elements.js";
import { count, moment, percent, pp, rank } from "./format.js";

const ROWS = 50;
const HEADS = ["When", "pp", "Rank", "Accuracy", "Plays"];

// `lists` has a `name` and `rows` for each player.
export function fillTable(place, lists) {
  const body = place.querySelector("div");
  const fill = () => place.open && body.replaceChildren(...lists.map(table));
  place.ontoggle = fill;
  fill();
}

function table({ name, rows }) {
  const body = el("tbody");
  const newest = [...rows].reverse();
  const more = button("", () => add(), { class: "small" });
  const add = () => {
    body.append(...newest.slice(body.rows.length, body.rows.length + ROWS).map(line));
    const left = newest.length - body.rows.length;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(left, ROWS)} more of ${count(left)}`;
  };
  add();
  const head = HEADS.map((text, index) => el("th", { scope: "col", class: index ? "number" : null }, text));
  const made = el(
    "table",
    {},
    el("caption", {}, `${name}, ${count(rows.length)} points`),
    el("thead", {}, el("tr", {}, head)),
    body,
  );
  return el(
    "div",
    { class: "scrolls stack", tabindex: "0", role: "region", "aria-label": `Table of ${name}` },
    made,
    more,
  );
}

function line({ instant, pp: points, globalRank, accuracy, playCount }) {
  const cells = [pp(points), rank(globalRank), percent(accuracy), count(playCount)];
  return el(
    "tr",
    {},
    el("td", {}, when(instant, moment(instant))),
    cells.map((text) => el("td", { class: "number" }, text)),
  );
}
