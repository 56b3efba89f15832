// The first times at certain ranks, pp, play counts and levels, and the first plays with certain pp, newest first.

import { button, byId, el, timeElement } from "../shared/elements.js";
import { count, day, rank } from "../shared/format.js";
import { beatmapLink } from "../shared/plays.js";

const SHOWN = 8;
const TITLES = {
  GLOBAL_RANK: (threshold) => `Rank ${rank(threshold)}`,
  PP: (threshold) => `${count(threshold)} pp`,
  PLAY_COUNT: (threshold) => `${count(threshold)} plays`,
  LEVEL: (threshold) => `Level ${count(threshold)}`,
  ACCURACY: (threshold) => `${threshold} % accuracy`,
};

export const titleOf = (kind, threshold) => TITLES[kind](threshold);

// Without a snapshot before them, milestones were reached before tracking began: they are one entry.
export function showMilestones(milestones, plays = []) {
  // There is one for each 0.1 % of accuracy: in the list, they would hide the others.
  const listed = milestones.filter(({ kind }) => kind !== "ACCURACY");
  const earlier = listed.filter(({ before }) => !before);
  const dated = [
    ...listed.filter(({ before }) => before).map((each) => [each.after.at, milestoneItem(each)]),
    ...plays.map((each) => [each.play.playedAt, firstPlayItem(each)]),
  ];
  // Of one snapshot, the highest threshold first.
  const newest = dated.reverse().sort(([one], [other]) => Date.parse(other) - Date.parse(one)).map(([, item]) => item);
  const list = el("ol", { class: "milestones" }, newest.slice(0, SHOWN));
  const more = button(`Show all ${count(newest.length)}`, () => showAll(list, more, newest), { class: "small" });
  byId("milestones").replaceChildren(
    ...(newest.length ? [list] : []),
    ...(newest.length > SHOWN ? [more] : []),
    ...(earlier.length ? [earlierMilestones(earlier)] : []),
    ...(newest.length || earlier.length ? [] : [el("p", { class: "muted" }, "No milestone recorded.")]),
  );
}

// The focus moves from the button, which disappears, to the first new item.
function showAll(list, more, items) {
  list.replaceChildren(...items);
  items[SHOWN].tabIndex = -1;
  items[SHOWN].focus();
  more.remove();
}

function earlierMilestones(milestones) {
  const { at } = milestones[0].after;
  const titles = milestones.map(({ kind, threshold }) => titleOf(kind, threshold));
  return el(
    "details",
    { class: "text-small" },
    el("summary", {}, `${count(titles.length)} reached before `, timeElement(at, day(at)), ", when tracking began"),
    el("p", { class: "muted" }, titles.join(" · ")),
  );
}

export function milestoneItem({ kind, threshold, before, after }) {
  const title = el("strong", {}, titleOf(kind, threshold));
  return el("li", {}, title, el("span", { class: "muted text-small" }, when(before, after)));
}

export function firstPlayItem({ ppAtLeast, play }) {
  const date = timeElement(play.playedAt, day(play.playedAt));
  return el(
    "li",
    {},
    el("strong", {}, `First ${count(ppAtLeast)} pp play`),
    el("span", { class: "muted text-small" }, date, " · ", beatmapLink(play)),
  );
}

// Snapshots are days or months apart: the moment between them is unknown.
function when(before, after) {
  const end = timeElement(after.at, day(after.at));
  return day(before.at) === day(after.at) ? end : [timeElement(before.at, day(before.at)), " – ", end];
}
