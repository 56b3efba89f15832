// The table of a comparison: the latest values of each player, and the gains in the window of the charts. It is a legend
// too: each name has the line of the charts.

import { button, byId, coloured, el, visuallyHidden } from "../shared/elements.js";
import { ago, count, day, decimal, duration, percent, rank, shownDifference, signed } from "../shared/format.js";
import { rangeText } from "../shared/windows.js";
import { rankChange } from "../player/summary.js";
import { boxOf, leftOutText, problem } from "./problems.js";
import { comparisonLink } from "./queries.js";

// The value of a snapshot, the format of a difference if it is another one, the better direction (0: neither), and the
// content of a gain.
export const COLUMNS = [
  { title: "pp", value: ({ pp }) => pp, format: decimal, better: 1, gained: ({ pp }) => coloured(signed(pp, decimal), pp) },
  { title: "Global rank", value: ({ globalRank }) => globalRank, format: rank, formatDifference: count, better: -1, gained: ({ ranksGained }) => rankChange(ranksGained) },
  { title: "Accuracy", value: ({ accuracy }) => accuracy, format: percent, better: 1, gained: ({ accuracy }) => coloured(signed(accuracy, percent), accuracy) },
  { title: "Level", value: ({ level }) => level, format: decimal, better: 1, gained: ({ level }) => signed(level, decimal) },
  { title: "Plays", value: ({ playCount }) => playCount, format: count, better: 0, gained: ({ playCount }) => signed(playCount) },
];
// Tables that are laid out as blocks lose their roles in some browsers.
const part = (name, role, attributes, ...content) => el(name, { role, ...attributes }, content);

// `rows` are the entries of the comparison: first the player of the page, then the others.
export function showTable({ rows, isUnlike, view, dates, hrefOf, actions }) {
  const content = [];
  if (view.leftOut.length) content.push(el("p", { class: "notice neutral", role: "status" }, leftOutText(view.leftOut)));
  if (rows.length > 1) content.push(table(rows, isUnlike ? null : dates, hrefOf, actions), queryLine(rows, view));
  replace(byId("comparison"), content);
}

// Keeps the keyboard focus on the same control.
function replace(container, content) {
  const focused = container.contains(document.activeElement) && (document.activeElement.dataset.control ?? "");
  container.replaceChildren(...content);
  if (focused === false) return;
  const same = [...container.querySelectorAll("[data-control]")].find(({ dataset }) => dataset.control === focused);
  (same ?? byId("compare-id")).focus();
}

// Without `dates`, the gains are not comparable, and absent.
function table(rows, dates, hrefOf, actions) {
  const caption = el("caption", {}, captionOf(rows, dates));
  const titles = COLUMNS.map(({ title }) => part("th", "columnheader", { scope: "col", class: "number" }, title));
  const head = part("tr", "row", {}, part("th", "columnheader", { scope: "col" }, "Player"), titles, part("td", "cell"));
  const best = COLUMNS.map((column) => bestOf(column, rows));
  const body = rows.map((entry, slot) => row({ ...entry, own: slot ? rows[0] : null, absence: dates && absence(entry, dates), hasGains: Boolean(dates) }, slot, best, hrefOf, actions));
  return part("table", "table", {}, caption, part("thead", "rowgroup", {}, head), part("tbody", "rowgroup", {}, body));
}

function captionOf([{ name }], dates) {
  if (dates) return `Latest values, gains (${rangeText(dates.from, dates.to)}), and differences to ${name}`;
  return `Latest values and differences to ${name}. The players’ first snapshots are of different days: gains need a range.`;
}

// The best value, null if it is not unique.
function bestOf({ value, better }, rows) {
  const values = rows.map(({ stats }) => stats && value(stats.latest)).filter((each) => each != null);
  if (!better || values.length < 2) return null;
  const best = better > 0 ? Math.max(...values) : Math.min(...values);
  return values.filter((each) => each === best).length === 1 ? best : null;
}

function row(entry, slot, best, hrefOf, actions) {
  const { key, name = key, status, gain } = entry;
  const cells =
    status === "loaded"
      ? COLUMNS.map((column, index) => cell(column, entry, best[index]))
      : part("td", "cell", { class: "wide", colspan: COLUMNS.length }, problem(entry, { hrefOf, retry: actions.retry }));
  const text = ["Remove", visuallyHidden(` ${name}`)];
  const remove = slot > 0 && button(text, () => actions.remove(entry), { class: "small", "data-control": `remove ${key}` });
  const values = part("tr", "row", {}, head(entry, slot, hrefOf), cells, part("td", "cell", { class: "action" }, remove));
  if (!gain?.error) return values;
  const box = boxOf(gain, actions.retryGains, { subject: `Gains of ${name}` });
  return [values, part("tr", "row", {}, part("td", "cell", { class: "wide", colspan: COLUMNS.length + 2 }, box))];
}

// The name, and the limits of the values beside it.
function head({ key, name = key, status, stats, gainsFrom, absence: reason, ageSeconds }, slot, hrefOf) {
  const isLinked = slot && ["loaded", "untracked"].includes(status);
  const label = isLinked ? el("a", { href: hrefOf({ id: key }), "data-control": `open ${key}` }, name) : name;
  const notes = [
    stats && `Snapshot: ${ago(stats.latest.at)}`,
    gainsFrom && `Gains since ${day(gainsFrom)}`,
    reason && `No gains: ${reason}`,
    ageSeconds > 0 && `This data is ${duration(ageSeconds)} old. osu!track is slow or unavailable.`,
  ].filter(Boolean);
  const line = el("span", { class: `player player-${slot}` }, el("span", {}, label));
  return part("th", "rowheader", { scope: "row" }, line, notes.map((text) => el("small", { class: "muted" }, text)));
}

// The difference of a value to that of the player of the page: "120.50 ahead"; null if it is unknown.
export function difference({ value, format, formatDifference = format, better }, { latest }, own) {
  const [one, other] = [latest, own?.stats?.latest].map((snapshot) => snapshot && value(snapshot));
  if (one == null || other == null) return null;
  const ahead = shownDifference(other, one);
  const distance = formatDifference(Math.abs(ahead));
  if (!/[1-9]/.test(distance)) return "equal";
  const words = better ? ["ahead", "behind"] : ["more", "fewer"];
  return `${distance} ${words[ahead * (better || 1) > 0 ? 0 : 1]}`;
}

// Why a player has no gains in the window; null if there are some, or they are not loaded.
export function absence({ stats, gain }, { from, to }) {
  if (!stats || !gain || gain.error || !("gain" in gain) || gain.gain) return null;
  const { earliest, latest } = stats;
  if (Date.parse(latest.at) < from) return `no snapshot since ${day(from)}`;
  if (Date.parse(earliest.at) > to) return `tracked since ${day(earliest.at)}`;
  return earliest.at === latest.at ? "one snapshot so far" : "fewer than two snapshots in this range";
}

function cell(column, { stats, own, gain, gainsFrom, hasGains }, best) {
  const { title, value, format, gained } = column;
  const distance = difference(column, stats, own);
  const latest = value(stats.latest);
  const isBest = best != null && latest === best;
  const change = gain && "gain" in gain ? (gain.gain ? gained(gain.gain.delta) : "–") : "…";
  return part(
    "td",
    "cell",
    { class: "number", "data-title": title },
    el("span", { class: isBest ? "ahead" : null }, format(latest), isBest && visuallyHidden(" (best)")),
    hasGains && el("small", { class: gainsFrom ? "other-time" : null }, visuallyHidden(" gain: "), gain?.error ? "–" : change),
    distance && el("small", { class: "muted" }, visuallyHidden(" difference: "), distance),
  );
}

// The operation of the table in GraphiQL.
function queryLine(rows, { mode }) {
  const ids = rows.filter(({ stats }) => stats).map(({ key }) => key);
  return el("p", { class: "text-small muted" }, el("a", { href: comparisonLink(ids, mode) }, "Open this comparison’s query"));
}
