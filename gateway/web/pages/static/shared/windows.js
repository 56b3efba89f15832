// Time windows of whole UTC days, in milliseconds since 1970. An end that is null is open.

import { day } from "./format.js";

export const DAY_MS = 86_400_000;
const NEAR_MS = 7 * DAY_MS;
const NEAR_SHARE = 1 / 10;
export const MIN_WINDOW_MS = 2 * DAY_MS;
const YEAR_DAYS = 365;
export const MAX_DAYS = 36_500;
const DURATION = /^[1-9]\d{0,4}$/;
const DAY = /^(?!0000)\d{4}-\d{2}-\d{2}$/;

export const dayOf = (at) => Math.floor(at / DAY_MS) * DAY_MS;

// The number of days in an address; null if it is none.
export const daysIn = (text) => (DURATION.test(text ?? "") && Number(text) <= MAX_DAYS ? Number(text) : null);

// The start of a UTC day in an address, such as 2026-01-31; null if there is no such day.
export function midnight(text) {
  const at = DAY.test(text ?? "") ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // Some browsers read 30 February as 2 March.
  return !Number.isNaN(at) && isoDay(at) === text ? at : null;
}

// The window in an address: its last `days`, or its dates. Both dates are ignored if one of them is invalid.
export function readWindow(params) {
  const days = daysIn(params.get("days"));
  const texts = [params.get("from"), params.get("to")];
  const [from, to] = texts.map(midnight);
  const isInvalid = (texts[0] && from == null) || (texts[1] && to == null) || (to ?? Infinity) <= (from ?? -Infinity);
  return days || isInvalid ? { days, from: null, to: null } : { days, from, to };
}

export const isoDay = (at) => (at == null ? null : new Date(at).toISOString().slice(0, 10));

// The day from which on a gain counts, if it is far from the start of the window: by a tenth of the window, but at least
// a day and at most a week. Then the gain is not that of the window. `window_starts.py` has the same rule for images.
export function sinceText({ start }, { from, to }) {
  const near = Math.min(NEAR_MS, Math.max(DAY_MS, (to - from) * NEAR_SHARE));
  return Math.abs(from - Date.parse(start.at)) > near && `since ${day(start.at)}`;
}

// The gain of a window: the wider of two, which begins at the last snapshot before the window, unless that is far before
// it. Then the one `within` the window, which begins at its first snapshot.
export const gainOf = ({ gain, within }, window) => (gain && isBefore(gain.start, window) ? within : gain);

// Whether gains begin on days too different for a comparison. `comparison.py` has the same rule for images.
export function areUnlike(gains) {
  const starts = gains.map(({ start }) => Date.parse(start.at));
  return Math.max(...starts) - Math.min(...starts) > NEAR_MS;
}

const isBefore = (start, window) => Date.parse(start.at) < window.from && Boolean(sinceText({ start }, window));

// The window of a view: its dates, or its last `days` up to the instant `now` of `all`.
export const openWindow = ({ days, from, to }, all) => (days ? { days, ...lastDays(days, all) } : { from, to });

// The window with its open ends replaced by those of `all`, the first and the last snapshot. The last days end now.
export function closeWindow({ days, from, to }, all) {
  const start = from ?? all.from;
  const end = to ?? Math.max(days ? all.now : all.to, start + MIN_WINDOW_MS);
  return { from: start, to: Math.max(end, start + DAY_MS) };
}

// The nearest window of whole days within `all`. An end that reaches the end of `all` is open.
export function fitWindow(from, to, all) {
  const wide = Math.max(to - from, MIN_WINDOW_MS);
  const start = Math.max(all.from, Math.min(from - (wide - (to - from)) / 2, all.to - wide));
  const end = Math.min(all.to, start + wide);
  return { from: start <= all.from ? null : dayOf(start), to: end >= all.to ? null : dayOf(end + DAY_MS - 1) };
}

// The window scaled by `factor` around `centre`.
export function zoomWindow(window, factor, all, centre = (window.from + window.to) / 2) {
  return fitWindow(centre - (centre - window.from) * factor, centre + (window.to - centre) * factor, all);
}

// The window moved by a share of its width; negative is earlier.
export function shiftWindow(window, share, all) {
  const offset = (window.to - window.from) * share;
  const limited = Math.max(all.from - window.from, Math.min(offset, all.to - window.to));
  return fitWindow(window.from + limited, window.to + limited, all);
}

// The last `days` × 24 hours, as in the schema. The start is open if the history is shorter.
function lastDays(days, { from: first, now }) {
  const from = now - days * DAY_MS;
  return { from: from <= first ? null : from, to: null };
}

// Equal for windows with equal data. The start of the last days moves while a page is open.
export const windowKey = ({ days, from, to }) => (days ? `${days}d` : `${from} ${to}`);

// The window of a view in words, as in link previews and images (`parameters.py`): "past 30 days", "2024", "Feb 2024",
// "5 Jan 2024 to 1 Feb 2024"; empty without a window.
export function windowTitle({ days, from, to }) {
  if (days) return pastTitle(days);
  if (from != null && to != null) return calendarTitle(from, to) ?? rangeText(from, to);
  return from != null ? `since ${day(from)}` : to != null ? `until ${day(lastDay(to))}` : "";
}

// The first and the last day of a window in words. Its end is not part of it.
export function rangeText(from, to) {
  const [first, last] = [day(from), day(lastDay(to))];
  return first === last ? first : `${first} to ${last}`;
}

// The last day of a window that ends at `to`, often a midnight.
export const lastDay = (to) => dayOf(to - 1);

// The window of a view in addresses of images (`parameters.py`): "90d", "1y", "2024-01-01..2025-01-01"; null without one.
export function windowText({ days, from, to }) {
  if (days) return days % YEAR_DAYS ? `${days}d` : `${days / YEAR_DAYS}y`;
  return from == null && to == null ? null : `${isoDay(from) ?? ""}..${isoDay(to) ?? ""}`;
}

function pastTitle(days) {
  const [amount, unit] = days % YEAR_DAYS ? [days, "day"] : [days / YEAR_DAYS, "year"];
  return amount > 1 ? `past ${amount} ${unit}s` : `past ${unit}`;
}

// The name of a calendar year or month.
function calendarTitle(from, to) {
  const start = new Date(from);
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth()];
  if (start.getUTCDate() !== 1) return null;
  if (month === 0 && to === Date.UTC(year + 1, 0)) return `${year}`;
  return to === Date.UTC(year, month + 1) ? day(from).replace(/^1 /, "") : null;
}
