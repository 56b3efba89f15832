// Current stats, milestones and peak.

import { byId, coloured, el, timeElement, visuallyHidden } from "../shared/elements.js";
import { count, day, decimal, percent, pp, rank, rankDelta, signed } from "../shared/format.js";
import { showMilestones } from "./milestones.js";

// Current stats and milestones. The peak can fail alone.
export function showSummary(stats) {
  showCurrent(stats);
  showMilestones(stats.milestones);
}

// osu! has neither pp nor a rank of players who have not played for long.
export const isInactive = ({ pp, globalRank }) => !pp && globalRank == null;

function showCurrent({ latest }) {
  const progress = latest.level % 1;
  const level = el("progress", { max: 1, value: progress.toFixed(2), "aria-label": "Progress to the next level" });
  byId("current-stats").replaceChildren(
    isInactive(latest) ? tile("Performance", "–") : tile("Performance", decimal(latest.pp), el("span", { class: "unit" }, "pp")),
    tile("Global rank", isInactive(latest) ? "Inactive" : rank(latest.globalRank)),
    tile("Accuracy", percent(latest.accuracy)),
    tile(
      "Level",
      count(Math.floor(latest.level)),
      level,
      el("span", { class: "unit" }, `${Math.floor(progress * 100)} %`),
    ),
    tile("Plays", count(latest.playCount)),
  );
}

export function showPeak(peak) {
  const best = [
    ["Rank", peak?.globalRank == null ? null : rank(peak.globalRank), peak?.globalRankAt],
    ["pp", peak?.pp ? pp(peak.pp) : null, peak?.ppAt],
    ["Accuracy", peak?.accuracy == null ? null : percent(peak.accuracy), peak?.accuracyAt],
  ];
  const recorded = best.filter(([, value]) => value != null);
  const parts = recorded.map(([title, value, at]) => tile(title, value, el("small", {}, "last reached ", timeElement(at, day(at)))));
  byId("peak").replaceChildren(
    ...(parts.length ? [el("dl", { class: "tiles" }, parts)] : [el("p", { class: "muted" }, "No peak recorded.")]),
  );
}

export const changes = (delta) => changedValues(delta).map(([title, text, value]) => tile(title, coloured(text, value)));

// The changes between two snapshots, each with its title and a number that is positive if it is an improvement.
// Unchanged values are omitted.
export function changedValues(delta) {
  const rows = [
    ["pp", signed(delta.pp, decimal), delta.pp],
    ["Rank", rankDelta(delta.ranksGained), delta.ranksGained],
    ["Accuracy", `${signed(delta.accuracy, (value) => value.toFixed(3))} %`, delta.accuracy],
    ["Level", signed(delta.level, decimal), delta.level],
    ["Plays", signed(delta.playCount), 0],
    ["Total score", signed(delta.totalScore), 0],
    ["SS", signed(delta.countSS), delta.countSS],
    ["S", signed(delta.countS), delta.countS],
    ["A", signed(delta.countA), delta.countA],
  ];
  return rows.filter(([, text]) => /[1-9]/.test(text));
}

export function tile(title, ...values) {
  return el("div", {}, el("dt", {}, title), el("dd", {}, values));
}

export function rankChange(ranksGained) {
  const text = ranksGained > 0 ? "places up" : ranksGained < 0 ? "places down" : "";
  return [coloured(rankDelta(ranksGained), ranksGained), text && visuallyHidden(` ${text}`)];
}
