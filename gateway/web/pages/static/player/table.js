// The charts' data as tables, newest first. Filled when opened, some rows at a time.

import { button, el, timeElement } from "../shared/elements.js";
import { count, dateTime, percent, pp, rank } from "../shared/format.js";

const ROWS = 50;
const HEADERS = ["Date", "pp", "Rank", "Accuracy", "Plays"];

// `lists` has a `name` and `rows` for each player.
export function fillTable(details, lists) {
  const body = details.querySelector("div");
  const fill = () => details.open && body.replaceChildren(...lists.map(table));
  details.ontoggle = fill;
  fill();
}

function table({ name, rows }) {
  const body = el("tbody");
  const newest = [...rows].reverse();
  const more = button("", () => add(), { class: "small" });
  const add = () => {
    body.append(...newest.slice(body.rows.length, body.rows.length + ROWS).map(tableRow));
    const left = newest.length - body.rows.length;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(left, ROWS)} more of ${count(left)}`;
  };
  add();
  const head = HEADERS.map((text, index) => el("th", { scope: "col", class: index ? "number" : null }, text));
  const rendered = el(
    "table",
    {},
    el("caption", {}, `${name}, ${rows.length === 1 ? "one point" : `${count(rows.length)} points`}`),
    el("thead", {}, el("tr", {}, head)),
    body,
  );
  return el(
    "div",
    { class: "scroll-x stack", tabindex: "0", role: "region", "aria-label": `Table of ${name}` },
    rendered,
    more,
  );
}

function tableRow({ instant, pp: points, globalRank, accuracy, playCount }) {
  const cells = [pp(points), rank(globalRank), percent(accuracy), count(playCount)];
  return el(
    "tr",
    {},
    el("td", {}, timeElement(instant, dateTime(instant))),
    cells.map((text) => el("td", { class: "number" }, text)),
  );
}
