// The charts' data as tables, newest first. Filled when opened, some rows at a time.

import { button, el, timeElement } from "../shared/elements.js";
import { count, dateTime } from "../shared/format.js";
import { nextPageSize } from "../shared/page-sizes.js";

const ROWS = 50;

// `lists` has a `name`, `rows` and a `note` on their time for each player, `metrics` the series of the charts.
export function fillTable(details, lists, metrics) {
  const body = details.querySelector("div");
  const fill = () => details.open && body.replaceChildren(...lists.map((list) => table(list, metrics)));
  details.ontoggle = fill;
  fill();
}

function table({ name, rows, note }, metrics) {
  const body = el("tbody");
  const newest = [...rows].reverse();
  const more = button("", () => add(), { class: "small" });
  const add = () => {
    const shown = body.rows.length;
    body.append(...newest.slice(shown, shown + (shown ? nextPageSize(shown, ROWS) : ROWS)).map((row) => tableRow(row, metrics)));
    const left = newest.length - body.rows.length;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(left, nextPageSize(body.rows.length, ROWS))} more`;
  };
  add();
  const headers = ["Date", ...metrics.map(({ title }) => title)];
  const head = headers.map((text, index) => el("th", { scope: "col", class: index ? "number" : null }, text));
  const rendered = el(
    "table",
    {},
    el("caption", {}, `${name}, ${rows.length === 1 ? "one point" : `${count(rows.length)} points`}${note}`),
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

function tableRow(row, metrics) {
  const cells = metrics.map(({ field, exact }) => el("td", { class: "number" }, exact(row[field])));
  return el("tr", {}, el("td", {}, timeElement(row.instant, dateTime(row.instant))), cells);
}
