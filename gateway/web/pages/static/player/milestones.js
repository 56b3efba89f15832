// The first times at certain ranks, pp, play counts and levels, newest first.

import { button, byId, el, timeElement } from "../shared/elements.js";
import { count, day, rank } from "../shared/format.js";

const SHOWN = 8;
const TITLES = {
  GLOBAL_RANK: (threshold) => `Rank ${rank(threshold)}`,
  PP: (threshold) => `${count(threshold)} pp`,
  PLAY_COUNT: (threshold) => `${count(threshold)} plays`,
  LEVEL: (threshold) => `Level ${count(threshold)}`,
  ACCURACY: (threshold) => `${threshold} % accuracy`,
};

export const titleOf = (kind, threshold) => TITLES[kind](threshold);

export function showMilestones(milestones) {
  // There is one for each 0.1 % of accuracy: in the list, they would hide the others.
  const listed = milestones.filter(({ kind }) => kind !== "ACCURACY");
  const newest = listed.reverse().map(milestoneItem);
  const list = el("ol", { class: "milestones" }, newest.slice(0, SHOWN));
  const more = button(`Show all ${count(newest.length)}`, () => showAll(list, more, newest), { class: "small" });
  byId("milestones").replaceChildren(
    ...(newest.length ? [list] : [el("p", { class: "muted" }, "No milestone recorded.")]),
    ...(newest.length > SHOWN ? [more] : []),
  );
}

// The focus moves from the button, which disappears, to the first new item.
function showAll(list, more, items) {
  list.replaceChildren(...items);
  items[SHOWN].tabIndex = -1;
  items[SHOWN].focus();
  more.remove();
}

export function milestoneItem({ kind, threshold, before, after }) {
  const title = el("strong", {}, titleOf(kind, threshold));
  return el("li", {}, title, el("span", { class: "muted text-small" }, when(before, after)));
}

// Snapshots are days or months apart: the moment between them is unknown.
function when(before, after) {
  const end = timeElement(after.at, day(after.at));
  if (!before) return ["before ", end];
  return day(before.at) === day(after.at) ? end : [timeElement(before.at, day(before.at)), " – ", end];
}
