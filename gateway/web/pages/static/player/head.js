// Who it is, in which mode, since when, and what has to be said about all the numbers below.

import { MODES, search } from "./address.js";
import { button, byId, el, leave, outside, when } from "./elements.js";
import { ago, day, length } from "./format.js";

export const nameOf = ({ username }, id) => username ?? `Player ${id}`;

export function showHead(user, { latest, earliest }, { id, mode }) {
  const name = nameOf(user, id);
  document.title = `${name} · ${mode.title} · osutrack-gateway`;
  byId("name").textContent = name;
  const known = latest && [
    el("span", {}, "Read from osu! ", when(latest.at, ago(latest.at))),
    el("span", {}, "tracked since ", when(earliest.at, day(earliest.at))),
  ];
  const links = [
    outside(user.profileUrl, "osu! profile"),
    user.osuTrackUrl && outside(user.osuTrackUrl, "osu!track page"),
  ];
  byId("about").replaceChildren(...[el("span", {}, `ID ${id}`), ...(known ?? []), ...links].filter(Boolean));
}

export function showModes(view) {
  const links = MODES.map((mode) => {
    const href = `${view.asked}${search({ ...view, mode })}`;
    return el("a", { href, "data-mode": mode.name, "aria-current": mode === view.mode ? "page" : null }, mode.title);
  });
  byId("modes").replaceChildren(...links);
}

// What is old or incomplete is said once, by the worst of it; `again` asks anew.
export function showWarnings(warnings, again) {
  const worst = (kind, fact) =>
    Math.max(0, ...warnings.filter(({ code }) => code === kind).map((warning) => warning[fact]));
  const [age, rows] = [worst("STALE_DATA", "ageSeconds"), worst("ROWS_DROPPED", "rows")];
  leave(byId("notices"), byId("main"));
  byId("notices").replaceChildren(...(age ? [stale(age, again)] : []), ...(rows ? [dropped(rows)] : []));
}

function stale(age, again) {
  const text = `These numbers were read from osu!track ${length(age)} ago. It is being asked again, or can’t be reached.`;
  const look = button("Look again", again, { class: "small" });
  return el("div", { class: "notice warn row", role: "status", "data-code": "STALE_DATA" }, el("span", {}, text), look);
}

function dropped(rows) {
  const text = `${rows} of osu!track’s rows can’t be read and ${rows === 1 ? "is" : "are"} left out.`;
  return el("p", { class: "notice warn", "data-code": "ROWS_DROPPED" }, el("span", {}, text));
}
