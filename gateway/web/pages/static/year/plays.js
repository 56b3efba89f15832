// The best plays of the year, and the firsts: milestones, and the first plays with certain pp.

import { plural } from "../activity/texts.js";
import { el, timeElement } from "../shared/elements.js";
import { day, decimal } from "../shared/format.js";
import { playItem } from "../shared/plays.js";
import { firstPlayItem, milestoneItem } from "../player/milestones.js";

const BEATMAPS = "osu!track records beatmaps by number, without titles. Each number links to the beatmap on osu!.";

const yearOf = (at) => new Date(at).getUTCFullYear();

// Players without pp have no hiscores.
export const hasPp = ({ latest, earliest, snapshots }) =>
  [latest, earliest, ...snapshots].some((snapshot) => snapshot?.pp > 0);

export function bestPlays({ best, all }, year) {
  if (!all.totalCount) return el("p", { class: "muted" }, `No recorded hiscores of ${year}.`);
  const total = `${plural(all.totalCount, "hiscore")} recorded: plays that entered the player’s top 100.`;
  return el(
    "div",
    { class: "stack" },
    el("ol", { class: "best-plays" }, best.nodes.map(bestPlay)),
    el("p", { class: "text-small muted" }, total),
    el("p", { class: "text-small muted" }, BEATMAPS),
  );
}

const bestPlay = (play) =>
  playItem(play, timeElement(play.playedAt, day(play.playedAt)), [
    decimal(play.pp),
    el("span", { class: "unit" }, " pp"),
  ]);

// Those reached between two snapshots, of which the later one is in the year. Others were reached before tracking began.
export const milestonesOf = (milestones, year) =>
  milestones.filter(({ before, after }) => before && yearOf(after.at) === year);

export const firstsOf = (firstPlays, year) => firstPlays.filter(({ play }) => play && yearOf(play.playedAt) === year);

// A list in an array, which is empty without firsts.
export function firsts(plays, milestones) {
  const items = [...plays.map(firstPlayItem), ...milestones.map(milestoneItem)];
  return items.length ? [el("ol", { class: "milestones" }, items)] : [];
}
