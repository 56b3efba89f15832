// The instants that the cursor of the charts can read: of the hiscore under it, or else of the nearest snapshot.

import { PERIODS_MS } from "./captions.js";
import { playReach } from "./marks.js";

const HISCORE_PX = 8;
const FINGER_PX = 16;

// The reading at a place of a chart in CSS pixels: an instant, and the hiscore of `plays` if there is one. Null without a
// snapshot in the window.
export function readingAt(plot, plays, place) {
  const play = playAt(plot, plays, place);
  if (play) return { at: play.at, play };
  const at = nearestTime(plot, place.left);
  return at == null ? null : { at: at * 1000 };
}

function playAt(plot, plays, { left, top }) {
  const reach = matchMedia("(pointer: coarse)").matches ? FINGER_PX : HISCORE_PX;
  const distance = ({ at, pp }) => Math.hypot(plot.valToPos(at / 1000, "x") - left, plot.valToPos(pp, "play") - top);
  const near = plays.map((play) => ({ play, px: distance(play) })).filter(({ px }) => px <= reach);
  return near.sort((one, other) => one.px - other.px)[0]?.play;
}

// Lines continue outside of the window: the snapshots there are not read.
function nearestTime(plot, left) {
  const { min, max } = plot.scales.x;
  const [index, pointer] = [plot.posToIdx(left), plot.posToVal(left, "x")];
  const inside = plot.data[0].slice(Math.max(0, index - 1), index + 2).filter((at) => at >= min && at <= max);
  return inside.sort((one, other) => Math.abs(one - pointer) - Math.abs(other - pointer))[0];
}

// The index of a line's last value at or before a time, null if there is none. An undefined value is that of another
// player. `closest` is an index near it.
export function lastIndex([times, ...lines], order, time, closest) {
  let index = closest;
  while (times[index + 1] <= time) index += 1;
  while (index >= 0 && (times[index] > time || lines[order - 1][index] === undefined)) index -= 1;
  return index < 0 ? null : index;
}

// The readings of the keyboard, by time: the snapshots in the window, and the hiscores that are near none of them.
export function readingsOf({ charts, marks, window, shownInterval }) {
  const points = charts.points();
  const reach = playReach(window, PERIODS_MS[shownInterval]);
  const isApart = ({ at }) => at >= window.from && at <= window.to && !points.some((each) => Math.abs(each - at) <= reach);
  const plays = marks.plays.filter(isApart).map((play) => ({ at: play.at, play }));
  return [...points.map((at) => ({ at })), ...plays].sort((one, other) => one.at - other.at);
}
