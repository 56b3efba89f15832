// Events in the charts: reworks of pp as date ranges, milestones as flags, hiscores as points.

import { count, day, decimal } from "../shared/format.js";
import { beatmapLink, gradeName } from "../shared/plays.js";
import { DAY_MS } from "../shared/windows.js";
import { titleOf } from "./milestones.js";
import { MAX_PLAYS } from "./plays.js";
import { reworksOf } from "./reworks.js";

const FIELDS = { GLOBAL_RANK: "globalRank", PP: "pp", PLAY_COUNT: "playCount", LEVEL: "level", ACCURACY: "accuracy" };
// A cursor selects events within this share of the window.
const TOLERANCE = 0.006;

// The events of the first player in the charts of `metrics`: each has a time, or a range of days, and a text. In a
// comparison, `owner` is the player's name, and hiscores are absent: they would cover the lines of the others.
export function marksOf([{ name, milestones, plays }, ...others], metrics, { mode, from, to }) {
  const fields = metrics.map(({ field }) => field);
  const affected = fields.includes("pp") || fields.includes("globalRank");
  return {
    owner: others.length ? name : null,
    reworks: affected ? reworksOf(mode).map(reworkMark) : [],
    flags: milestones.filter((each) => fields.includes(FIELDS[each.kind]) && isFlag(each)).map(flagMark),
    plays: fields.includes("pp") && !others.length ? plays.rows({ from, to }) : [],
  };
}

// Without a snapshot before it, the time of a milestone is unknown. Those of accuracy are 0.1 % apart: there is a flag
// for each 0.5 %.
const isFlag = ({ kind, threshold, before }) => before && (kind !== "ACCURACY" || Number.isInteger(threshold * 2));

function reworkMark({ from, to }) {
  const [start, end] = [Date.parse(from), Date.parse(to) + DAY_MS];
  const days = from === to ? day(from) : `${day(from)} – ${day(to)}`;
  return { from: start, to: end, text: `pp rework, ${days}` };
}

function flagMark({ kind, threshold, after }) {
  return { at: Date.parse(after.at), field: FIELDS[kind], threshold, text: titleOf(kind, threshold) };
}

// A hiscore is named within this time of an instant. A point of the chart stands for `period` ms.
export const playReach = ({ from, to }, period) => Math.min((to - from) * TOLERANCE, period / 2);

// The events near an instant, each as a list of texts and links. A play of another `period` is not named.
export function textsAt({ owner, reworks, flags, plays }, at, { from, to }, period) {
  const reach = (to - from) * TOLERANCE;
  const near = (mark) => Math.abs(mark.at - at) <= reach;
  const played = plays.filter((play) => Math.abs(play.at - at) <= playReach({ from, to }, period));
  const best = played.sort((one, other) => other.pp - one.pp).slice(0, 1);
  const reached = flags.filter(near).map(({ text }) => text);
  return [
    ...(owner && reached.length ? [`${owner}: ${reached.join("; ")}`] : reached),
    ...best.map(playText),
    ...reworks.filter((each) => at >= each.from - reach && at <= each.to + reach).map(({ text }) => text),
  ];
}

// "Hiscore: S, +HDDT, 538.12 pp, 7 Nov 2026, Beatmap 75".
function playText(play) {
  const { grade, mods, pp, at } = play;
  const texts = [grade && gradeName(grade), mods.label !== "NM" && `+${mods.label}`, `${decimal(pp)} pp`, day(at)].filter(Boolean);
  return [`Hiscore: ${texts.join(", ")}, `, beatmapLink(play)];
}

// "Milestones", or "ameo’s milestones" in a comparison.
export const ownerOf = (owner, noun) => (owner ? `${owner}’s ${noun.toLowerCase()}` : noun);

// The events as plain texts.
export const plainTexts = (events) =>
  events.map((event) => [event].flat().map((part) => part.textContent ?? part).join(""));

// A sentence about the events in a window, for the caption; empty if there are none.
export function marksCaption({ owner, reworks, flags, plays }, { from, to }) {
  const within = ({ at }) => at >= from && at <= to;
  const amounts = [
    [plays.filter(within).length, plays.length < MAX_PLAYS ? "hiscore" : "top hiscore"],
    [flags.filter(within).length, "milestone"],
    [reworks.filter((each) => each.to >= from && each.from <= to).length, "pp rework"],
  ].filter(([amount]) => amount);
  const list = amounts.map(([amount, noun]) => `${count(amount)} ${noun}${amount === 1 ? "" : "s"}`);
  const note = owner && flags.length ? ` Milestones are those of ${owner}.` : "";
  return list.length ? `Marked: ${list.join(", ")}.${note}` : "";
}
