// A heat map of plays per day, with a line of text for the day under the pointer or chosen by keys.

import { announce, el } from "../shared/elements.js";
import { count, day } from "../shared/format.js";
import { calendar, columnsOf } from "./calendar.js";
import { countDays, levelsOf } from "./days.js";
import { dayText, plural, summaryText } from "./texts.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -7, ArrowRight: 7, PageUp: -28, PageDown: 28 };
// With fewer known days, or a lower share of them beside estimates, a calendar shows no days of play.
const MIN_DAYS = 7;
const MIN_SHARE = 0.1;
const HINT = "Point at or tap a day, or use the arrow keys.";
const NOTE =
  "Days are UTC. A day counts the plays since the last snapshot of the day before. Without snapshots in between, " +
  "plays are spread evenly, and the days are marked as estimated.";

// Shows the heat map in `container`. The keyboard focus stays in it when newer data replaces it.
export function showHeatmap(container, days, split) {
  const focused = container.querySelector(".heatmap:focus");
  container.replaceChildren(heatmap(days, split));
  if (focused) container.querySelector(".heatmap")?.focus();
}

// The heat map as an element: days, legend, summary and table. `split` is the index of the second half's first day.
function heatmap(days, split) {
  if (days.every(({ plays }) => plays == null)) {
    return el("p", { class: "muted" }, "No two snapshots surround a day of this time: the plays per day are unknown.");
  }
  const { estimated, unknown } = countDays(days);
  const known = days.length - unknown - estimated;
  if (known < Math.min(MIN_DAYS, days.length) || known < MIN_SHARE * (known + estimated)) {
    const share = known ? `only ${count(known)} of ${plural(days.length, "day")}` : "no day";
    const text = `The snapshots are too far apart to show days: the plays of ${share} are known.`;
    return el("p", { class: "heatmap-summary muted" }, text);
  }
  const ends = levelsOf(days);
  const halves = [days.slice(0, split), days.slice(split)];
  const columns = Math.max(...halves.map(columnsOf));
  const calendars = halves.map((half, index) => calendar(half, { ends, columns, offset: index * split }));
  const summary = el("p", { class: "heatmap-summary" }, summaryText(days));
  const readout = el("p", { class: "heatmap-readout text-small muted" }, HINT);
  const plot = el(
    "div",
    {
      class: "heatmap",
      tabindex: "0",
      role: "application",
      "aria-roledescription": "heat map",
      "aria-label": `Plays per day. ${summary.textContent} Use the arrow keys to read days.`,
    },
    calendars,
  );
  listen(plot, readout, days);
  return el("div", { class: "stack" }, summary, plot, readout, legend(ends), dayTable(days));
}

function listen(plot, readout, days) {
  let chosen = null;
  const choose = (index) => {
    plot.querySelector(".chosen")?.classList.remove("chosen");
    plot.querySelector(`[data-day="${index}"]`)?.classList.add("chosen");
    chosen = index;
    readout.textContent = index == null ? HINT : dayText(days[index]);
  };
  const pointAt = ({ target }) => target.dataset.day && choose(Number(target.dataset.day));
  plot.addEventListener("pointerover", pointAt);
  plot.addEventListener("click", pointAt);
  plot.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && choose(null));
  plot.addEventListener("keydown", (event) => {
    const next = nextDay(event, chosen, days);
    if (next == null) return;
    event.preventDefault();
    choose(next);
    announce(readout.textContent);
  });
}

// The first key chooses the newest day with data.
function nextDay({ key, ctrlKey, metaKey, altKey }, chosen, days) {
  if (ctrlKey || metaKey || altKey) return null;
  if (key === "Home") return 0;
  if (key === "End") return days.length - 1;
  if (!(key in STEPS)) return null;
  if (chosen == null)
    return Math.max(
      0,
      days.findLastIndex(({ plays }) => plays != null),
    );
  const next = chosen + STEPS[key];
  return next in days ? next : chosen;
}

function legend(ends) {
  const first = 4 - ends.length; // as in levelOf
  const levels = [...ends, null].map((end, index) => [
    `level-${first + index}`,
    end == null ? `${count((ends.at(-1) ?? 0) + 1)} or more` : range((ends[index - 1] ?? 0) + 1, end),
  ]);
  const items = [["unknown", "no data"], ["level-0", "no plays"], ...levels, ["estimated level-3", "small and pale: estimated"]];
  return el(
    "ul",
    { class: "heatmap-legend text-small muted", "aria-label": "Plays per day by colour" },
    items.map(([kind, text]) => el("li", {}, el("span", { class: `swatch ${kind}` }), text)),
  );
}

const range = (from, to) => (from === to ? count(from) : `${count(from)}–${count(to)}`);

// All days with plays, newest first. Filled when opened.
function dayTable(days) {
  const body = el("div", { class: "scroll-x", tabindex: "0", role: "region", "aria-label": "Table of plays per day" });
  const note = el("p", { class: "muted" }, NOTE);
  const details = el("details", { class: "data-table" }, el("summary", {}, "Days as table, and how they are counted"), note, body);
  details.addEventListener("toggle", () => body.childElementCount || body.append(table(days)));
  return details;
}

function table(days) {
  const active = days.filter(({ plays }) => plays > 0).reverse();
  const head = ["Day", "Plays", "Source"].map((text, index) =>
    el("th", { scope: "col", class: index === 1 ? "number" : null }, text),
  );
  const rows = active.map(({ at, plays, estimated, gap }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, day(at)),
      el("td", { class: "number" }, estimated ? `≈ ${plays < 0.5 ? "0" : count(plays)}` : count(plays)),
      el(
        "td",
        {},
        estimated ? `estimated: ${plural(gap.plays, "play")}, ${day(gap.start)} – ${day(gap.end)}` : "snapshots",
      ),
    ),
  );
  return el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows));
}
