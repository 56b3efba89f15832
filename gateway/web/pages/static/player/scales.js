// Axes: ranges, ticks and labels. Ranks have a logarithmic scale: going from 20 to 10 is as hard as from 2,000 to 1,000.

import { abbreviate, count, decimal } from "../shared/format.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_S = 86_400;

// Distances between the labels of the time axis, in seconds. The shortest is a day.
export const TIME_STEPS = [1, 2, 3, 5, 7, 10, 15, 30, 60, 90, 120, 180, 365, 730, 1095, 1825, 3650].map(
  (days) => days * DAY_S,
);

// Without any rank, the range lies below rank 1, so that no label is drawn.
export function rankRange(_, min, max) {
  if (min == null) return [-2, -1];
  const padding = Math.max(Math.log10(1 + 3 / 10 ** max), (max - min) * 0.08); // at least three ranks
  return [Math.max(0, min - padding), max + padding];
}

// The extreme values of the lines in a window. Lines that continue outside of it cross its edges. Of the values in `data`,
// an undefined one is skipped, and null breaks the line.
export function extremes([times, ...lines], window, min, max) {
  const edges = [window?.from, window?.to].map((at) => at / 1000);
  const values = lines.flatMap((line) => edges.map((at) => valueAt(times, line, at)));
  const known = [min, max, ...values].filter((value) => value != null);
  return known.length ? [Math.min(...known), Math.max(...known)] : [min, max];
}

// The height of a line at a time; null if it has not begun, has ended, or is broken there.
function valueAt(times, line, at) {
  const after = times.findIndex((time, index) => time >= at && line[index] !== undefined);
  if (after < 0) return null;
  let before = after - 1;
  while (before >= 0 && line[before] === undefined) before -= 1;
  if (before < 0 || line[before] == null || line[after] == null) return null;
  return line[before] + ((line[after] - line[before]) * (at - times[before])) / (times[after] - times[before]);
}

// The values with some space around them, at least `least`. Only negative values have a range below 0: osu! has
// reported negative grade counts.
const zoomed = (least, top = Infinity) => (_, min, max) => {
  if (min == null) return [0, Math.min(100, top)];
  const padding = Math.max(least, (max - min) * 0.08);
  return [min < 0 ? min - padding : Math.max(0, min - padding), Math.min(top, max + padding)];
};

// Round ranks between two logarithms, as logarithms: multiples of powers of ten over a wide range, else even steps.
export function rankSplits(_, __, min, max) {
  const [best, worst] = [10 ** min, 10 ** max];
  const ranks = worst / best > 8 ? decades(best, worst) : steps(best, worst);
  return [...new Set(ranks)].filter((rank) => rank >= 1).map(Math.log10);
}

export function rankLabels(_, splits) {
  const ranks = splits.map((split) => Math.round(10 ** split));
  const inMillions = ranks.every((rank) => rank < 1_000_000 || rank % 10_000 === 0);
  return ranks.map((rank) => `#${short(rank, inMillions)}`);
}

const numberLabels = (_, splits, __, ___, step) => splits.map((split) => (step < 1 ? decimal(split) : count(split)));
export const ppLabels = (...args) => numberLabels(...args).map((label) => `${label} pp`);
const percentLabels = (_, splits, __, ___, step) => splits.map((split) => `${split.toFixed(digits(step))} %`);
const compactLabels = (_, splits, __, ___, step) => splits.map((split) => abbreviate(split, step));

// The decimals that distinguish values with this distance.
const digits = (step) => Math.max(0, Math.min(4, Math.ceil(-Math.log10(step) - 1e-9)));

// Distances between whole numbers, up to a quadrillion.
const WHOLE_STEPS = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

const identity = (value) => value;
export const PP_AXIS = { value: identity, range: zoomed(1), values: numberLabels, fill: true };
export const RANK_AXIS = {
  value: Math.log10,
  range: rankRange,
  values: rankLabels,
  splits: rankSplits,
  direction: -1,
};
export const ACCURACY_AXIS = { value: identity, range: zoomed(0.02, 100), values: percentLabels };
export const LEVEL_AXIS = { value: identity, range: zoomed(0.1), values: numberLabels };
export const COMPACT_AXIS = { value: identity, range: zoomed(2), values: compactLabels, incrs: WHOLE_STEPS };

export function timeLabels(_, splits, __, ___, step) {
  let year = null;
  return splits.map((split) => {
    const at = new Date(split * 1000);
    if (step >= 360 * DAY_S) return String(at.getUTCFullYear());
    const newYear = year !== at.getUTCFullYear();
    year = at.getUTCFullYear();
    const text = step >= 27 * DAY_S ? MONTHS[at.getUTCMonth()] : `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
    return newYear ? `${text}\n${year}` : text;
  });
}

function decades(best, worst) {
  const digits = worst / best > 500 ? [1] : worst / best > 60 ? [1, 3] : [1, 2, 5];
  const ranks = [];
  for (let power = 10 ** Math.floor(Math.log10(best)); power <= worst; power *= 10) {
    ranks.push(...digits.map((digit) => digit * power).filter((rank) => rank >= best && rank <= worst));
  }
  return ranks;
}

function steps(best, worst) {
  const minStep = (worst - best) / 5;
  const power = 10 ** Math.floor(Math.log10(Math.max(minStep, 1)));
  const step = Math.max(1, [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= minStep) ?? power);
  const ranks = [];
  for (let rank = Math.ceil(best / step) * step; rank <= worst; rank += step) ranks.push(rank);
  return ranks;
}

// The shortest exact form.
function short(rank, inMillions) {
  if (rank >= 1_000_000 && inMillions) return `${rank / 1_000_000}M`;
  return rank >= 10_000 && rank % 100 === 0
    ? `${count(Math.floor(rank / 1000))}${rank % 1000 ? `.${(rank % 1000) / 100}` : ""}k`
    : count(rank);
}
