// Windows of time: whole UTC days, in milliseconds since 1970. An end that is null is open.

export const DAY_MS = 86_400_000;
const SHORTEST_MS = 2 * DAY_MS;

export const dayOf = (at) => Math.floor(at / DAY_MS) * DAY_MS;

// The window without open ends; `all` is from the first to the last snapshot.
export function closed({ from, to }, all) {
  const start = from ?? all.from;
  const end = to ?? Math.max(all.to, start + SHORTEST_MS);
  return { from: start, to: Math.max(end, start + DAY_MS) };
}

// The nearest window of whole days within `all`, with its ends open where they reach the end of it.
export function fitted(from, to, all) {
  const wide = Math.max(to - from, SHORTEST_MS);
  const start = Math.max(all.from, Math.min(from - (wide - (to - from)) / 2, all.to - wide));
  const end = Math.min(all.to, start + wide);
  return { from: start <= all.from ? null : dayOf(start), to: end >= all.to ? null : dayOf(end + DAY_MS - 1) };
}

// Around the same middle, or around `around`, so many times as wide.
export function zoomed(window, factor, all, around = (window.from + window.to) / 2) {
  return fitted(around - (around - window.from) * factor, around + (window.to - around) * factor, all);
}

// The same width, a part of it earlier or later.
export function moved(window, share, all) {
  const by = (window.to - window.from) * share;
  const clamped = Math.max(all.from - window.from, Math.min(by, all.to - window.to));
  return fitted(window.from + clamped, window.to + clamped, all);
}

// The last so many days; everything if there are no more.
export function lastDays(days, all) {
  const from = dayOf(all.to) - (days - 1) * DAY_MS;
  return { from: from <= all.from ? null : from, to: null };
}
