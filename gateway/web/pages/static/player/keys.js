// The charts by keyboard: point by point, selecting, zooming, each told to who can't see it.

import { announce } from "./elements.js";
import { moment, pp, rank } from "./format.js";
import { rowAt } from "./series.js";

const LEAP = 10;

// `progress` is what the keys work on, while `place` has the focus.
export function listen(place, progress) {
  let at = null;
  let anchor = null;
  const forget = () => {
    at = anchor = null;
    progress.charts.unpoint();
  };

  function go(points, index, selecting) {
    const to = points[Math.max(0, Math.min(points.length - 1, index))];
    anchor = selecting ? (anchor ?? at ?? to) : null;
    at = to;
    progress.charts.point(at, anchor);
    announce(told(progress, at));
  }

  const zooms = {
    "+": () => progress.zoom(0.5, at ?? undefined),
    "=": () => progress.zoom(0.5, at ?? undefined),
    "-": () => progress.zoom(2, at ?? undefined),
    0: () => progress.choose({ from: null, to: null }),
    Enter: () => anchor != null && progress.charts.dragged(Math.min(anchor, at), Math.max(anchor, at)),
    Escape: () => {},
  };

  place.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const points = progress.charts.points();
    const here = at == null ? points.length : points.indexOf(at);
    const places = {
      ArrowLeft: here - 1,
      ArrowRight: here + 1,
      PageUp: here - LEAP,
      PageDown: here + LEAP,
      Home: 0,
      End: points.length - 1,
    };
    if (event.key in places && points.length) go(points, places[event.key], event.shiftKey);
    else if (event.key in zooms) {
      zooms[event.key]();
      forget();
    } else return;
    event.preventDefault();
  });
  place.addEventListener("blur", forget);
}

function told({ players, lists }, at) {
  const values = players.map(({ name }, index) => {
    const row = rowAt(lists[index], at);
    const value = row ? `${pp(row.pp)}, ${rank(row.globalRank)}` : "not tracked yet";
    return players.length > 1 ? `${name} ${value}` : value;
  });
  return `${moment(at)}: ${values.join("; ")}`;
}
