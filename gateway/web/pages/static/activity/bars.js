// Bars of gains and losses on one scale: gains on the right of the line at zero, losses on its left.

import { el } from "../shared/elements.js";

// The place of zero and the width of one, in percent of the track.
export function barScale(values) {
  const [lowest, highest] = [Math.min(0, ...values), Math.max(0, ...values)];
  const unit = 100 / (highest - lowest || 1);
  return { zero: -lowest * unit, unit };
}

export function barTrack(name, value, { zero, unit }) {
  const bar = el("span", { class: `bar ${value < 0 ? "loss" : "gain"}`, "data-series": name });
  const line = el("span", { class: "zero-line" });
  bar.style.insetInlineStart = `${zero + Math.min(0, value) * unit}%`;
  bar.style.width = `${Math.abs(value) * unit}%`;
  line.style.insetInlineStart = `${zero}%`;
  return el("span", { class: "bar-track" }, bar, line);
}
