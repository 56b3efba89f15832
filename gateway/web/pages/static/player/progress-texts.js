// The texts of the charts: titles, legend, caption and table. `progress` has the view, the lines and their series.

import { announce, byId, el, visuallyHidden } from "../shared/elements.js";
import { dateTime, day } from "../shared/format.js";
import { rangeText } from "../shared/windows.js";
import { caption, INTERVAL_LABELS, legendItem, PERIODS_MS, pointsCaption } from "./captions.js";
import { changeCaption, changeNote, changeTitle, NO_CHANGES } from "./change.js";
import { hasDistant } from "./distant.js";
import { showKey } from "./mark-key.js";
import { marksCaption, textsAt } from "./marks.js";
import { rowAt } from "./series.js";
import { fillTable } from "./table.js";

export function showTitles({ metrics, hasChanges, all, lists }, { from, to }) {
  const start = from <= all.from ? null : from;
  const titleOf = (metric) => (hasChanges ? changeTitle(metric, lists, { from: start, to }) : metric.title);
  ["title-upper", "title-lower"].forEach((id, slot) => (byId(id).textContent = titleOf(metrics[slot])));
}

// The values at an instant, or the latest of the window, and the events at that instant.
export function showLegend(progress, at) {
  const { players, lists, metrics, hasChanges, marks, window } = progress;
  const items = players.map(({ name, slot }, index) => {
    const row = rowAt(lists[index], at ?? window.to);
    const note = hasChanges ? changeNote(lists[index], window) : row?.at < window.from ? ` (${day(row.at)})` : "";
    const absence = hasChanges && !lists[index].length ? NO_CHANGES : "not tracked yet";
    return legendItem(name, row, { slot, metrics, note, absence });
  });
  const latest = hasChanges ? "Change in range" : "Latest in range";
  byId("legend").replaceChildren(el("span", { class: "muted" }, at == null ? latest : dateTime(at)), ...items);
  const texts = at == null ? [] : textsAt(marks, at, window, PERIODS_MS[progress.shownInterval]);
  showKey(marks, texts, hasDistant(progress.charts, window));
}

export function showText({ players, lists, metrics, hasChanges, marks, window, shownInterval }, { quiet }) {
  const { from, to } = window;
  const shown = players.map(({ name }, index) => ({ name, rows: lists[index].filter(({ at }) => at >= from && at <= to) }));
  const captionOf = hasChanges ? changeCaption : caption;
  const values = shown.map(({ name, rows }) => captionOf(name, rows, metrics, window)).join(" ");
  const amounts = shown.map(({ name, rows }) => pointsCaption(name, rows));
  byId("plots-caption").replaceChildren(
    `${rangeText(from, to)}, ${INTERVAL_LABELS[shownInterval]}. ${values}`,
    visuallyHidden(` ${[...amounts, marksCaption(marks, { from, to })].filter(Boolean).join(" ")}`),
  );
  const noteOf = ({ rows }) => (hasChanges ? changeNote(rows, window) : "");
  fillTable(byId("plots-table"), shown.map((each) => ({ ...each, note: noteOf(each) })), metrics);
  const titles = metrics.map(({ title }) => title).join(" and ");
  byId("plots").setAttribute("aria-label", `${titles} over time${hasChanges ? ", as changes" : ""}`);
  if (!quiet) announce(byId("plots-caption").textContent);
}
