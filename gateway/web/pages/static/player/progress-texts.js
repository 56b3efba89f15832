// The texts of the charts: titles, legend, caption and table. `progress` has the view, the lines and their series.

import { announce, byId, el, visuallyHidden } from "../shared/elements.js";
import { dateTime, day } from "../shared/format.js";
import { rangeText } from "../shared/windows.js";
import { caption, INTERVAL_LABELS, legendItem, pointsCaption, valuesOf } from "./captions.js";
import { changeCaption, changeNote, changeTitle } from "./change.js";
import { hasDistant } from "./distant.js";
import { showKey } from "./mark-key.js";
import { marksCaption } from "./marks.js";
import { DEFAULT_SERIES, METRICS } from "./metrics.js";
import { eventsAt, readouts } from "./readouts.js";
import { RANK_AXIS } from "./scales.js";
import { fillTable } from "./table.js";

export function showTitles({ metrics, hasChanges, all, lists }, { from, to }) {
  const start = from <= all.from ? null : from;
  const scale = ({ axis }) => (axis === RANK_AXIS && lists.length > 1 ? " (logarithmic scale: “Change” shows the progress)" : "");
  const titleOf = (metric) => (hasChanges ? changeTitle(metric, lists, { from: start, to }) : metric.title + scale(metric));
  ["title-upper", "title-lower"].forEach((id, slot) => (byId(id).textContent = titleOf(metrics[slot])));
}

// The values and the events at a reading of the cursor, or the latest values of the window.
export function showLegend(progress, reading) {
  const { players, hasChanges, marks, window } = progress;
  const top = topOfCharts();
  const texts = readouts(progress, reading?.at, " · ");
  const items = players.map(({ name, slot }, index) => legendItem(name, texts[index], slot));
  const latest = hasChanges ? "Change in range" : "Latest in range";
  byId("legend").replaceChildren(el("span", { class: "muted" }, reading ? dateTime(reading.at) : latest), ...items);
  showKey(marks, reading ? eventsAt(progress, reading) : [], hasDistant(progress.charts, window));
  if (reading) keepPlace(top);
}

const topOfCharts = () => byId("plots").getBoundingClientRect().top;
const setHeights = (heightOf) => ["legend", "mark-key"].map(byId).forEach((each) => (each.style.minHeight = heightOf(each)));

// The charts stay under the pointer: the texts above them only grow, and the page scrolls by the difference.
function keepPlace(top) {
  setHeights(({ offsetHeight }) => `${offsetHeight}px`);
  scrollBy({ top: topOfCharts() - top, behavior: "instant" });
}

function showSingle({ players: [{ overview }] }) {
  const [row] = overview;
  const values = valuesOf(row, DEFAULT_SERIES.map((name) => METRICS[name]));
  byId("plots-caption").textContent = `One snapshot so far, of ${day(row.instant)}: ${values.join(", ")}. The charts begin with the second one.`;
}

export const releaseHeights = () => setHeights(() => "");

export function showText(progress, { quiet }) {
  const { players, lists, metrics, hasChanges, marks, window, shownInterval } = progress;
  if (progress.isSingle) return showSingle(progress);
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
