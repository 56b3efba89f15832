// Axes of changes: 0 is the value at the start. Ranks have a logarithmic axis, so that the lines of unequal players have
// comparable heights: from 20 to 10 is as far as from 2,000 to 1,000.

import { sign } from "../shared/format.js";
import { RANK_AXIS } from "./scales.js";

const WIDE = Math.log10(4);
const WIDTH_PX = 84;
const MIN_RANKS = Math.log10(1.02);
const PERCENTS = [1, 2, 5, 10, 20, 50];
const FACTORS = [2, 5];

// The axis of the changes of a series. A change has a value at the `start` and one at the `end`.
export function changeAxis(axis) {
  const value = ({ start, end }) => axis.value(end) - axis.value(start);
  if (axis !== RANK_AXIS) return numberAxis(axis, value);
  return { ...axis, value, range: rankRange, splits: rankSplits, values: rankLabels, width: WIDTH_PX };
}

const numberAxis = (axis, value) => ({
  ...axis,
  value,
  range: (plot, min, max) => axis.range(plot, ...(min == null ? [null, null] : [Math.min(0, min), Math.max(0, max)])),
  values: (plot, splits, ...rest) =>
    axis.values(plot, splits.map(Math.abs), ...rest).map((text, index) => sign(splits[index]) + text),
});

function rankRange(_, min, max) {
  const [low, high] = [Math.min(0, min ?? 0), Math.max(0, max ?? 0)];
  const padding = Math.max(MIN_RANKS, (high - low) * 0.08);
  return [low - padding, high + padding];
}

// The logarithms of round ratios of two ranks: percents in a narrow range, else multiples.
export function rankSplits(_, __, min, max) {
  const ratios = max - min < WIDE ? percents(max - min) : multiples(max - min);
  return [...ratios.map((ratio) => -ratio).reverse(), 0, ...ratios].filter((split) => split >= min && split <= max);
}

function percents(range) {
  const step = PERCENTS.find((each) => Math.log10(1 + each / 100) * 5 >= range) ?? PERCENTS.at(-1);
  return [1, 2, 3, 4, 5].map((index) => Math.log10(1 + (index * step) / 100));
}

function multiples(range) {
  const powers = Array.from({ length: Math.ceil(range) + 1 }, (_, power) => power);
  const digits = range > 1.5 ? [] : FACTORS;
  return powers.flatMap((power) => [...digits.map((digit) => Math.log10(digit) + power), power + 1]);
}

// Lower ranks are better: "2× better" is half of the rank.
export function rankLabels(_, splits) {
  return splits.map((split) => {
    const factor = 10 ** Math.abs(split);
    const size = factor < 1.995 ? `${Math.round((factor - 1) * 100)} %` : `${Math.round(factor * 10) / 10}×`;
    return Math.abs(split) < 1e-9 ? "unchanged" : `${size} ${split < 0 ? "better" : "worse"}`;
  });
}
