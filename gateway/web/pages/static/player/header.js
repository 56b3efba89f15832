// The top of the page: name, modes, links, and warnings about the data below.

import { avatar, renameAvatar } from "../shared/avatar.js";
import { button, byId, el, externalLink, moveFocus, timeElement } from "../shared/elements.js";
import { ago, day, duration } from "../shared/format.js";
import { MODES, search } from "./view.js";

export const displayName = ({ username }, id) => username ?? `Player ${id}`;

// The name and the avatar, before any response: the page knows the ID.
export function showIdentity(id, name) {
  const box = byId("avatar");
  byId("name").textContent = name;
  if (box.dataset.player === id) renameAvatar(box.firstElementChild, name);
  else box.replaceChildren(avatar(id, name));
  box.dataset.player = id;
}

export function showHeader(user, { latest, earliest }, { id, mode }) {
  const name = displayName(user, id);
  document.title = `${name} · ${mode.title} · osutrack-gateway`;
  showIdentity(id, name);
  const dates = latest && [
    el("span", {}, "Last snapshot: ", timeElement(latest.at, ago(latest.at))),
    el("span", {}, "Tracked since ", timeElement(earliest.at, day(earliest.at))),
  ];
  const links = [
    externalLink(user.profileUrl, "osu! profile"),
    user.osuTrackUrl && externalLink(user.osuTrackUrl, "osu!track page"),
    exportLink(id, mode, "history", "History (CSV)"),
    exportLink(id, mode, "hiscores", "Hiscores (CSV)"),
  ];
  byId("about").replaceChildren(...[el("span", {}, `ID ${id}`), ...(dates ?? []), ...links].filter(Boolean));
}

const exportLink = (id, mode, list, text) =>
  el("a", { href: `${id}/${list}.csv?mode=${mode.name}`, download: true }, text);

export function showModes(view) {
  const links = MODES.map((mode) => {
    const href = `${view.segment}${search({ ...view, mode })}`;
    return el("a", { href, "data-mode": mode.name, "aria-current": mode === view.mode ? "page" : null }, mode.title);
  });
  byId("modes").replaceChildren(...links);
}

// One notice for stale and one for incomplete data, each with the highest value of its warnings.
export function showWarnings(warnings, reload) {
  const highest = (code, field) =>
    Math.max(0, ...warnings.filter((warning) => warning.code === code).map((warning) => warning[field]));
  const [age, rows] = [highest("STALE_DATA", "ageSeconds"), highest("ROWS_DROPPED", "rows")];
  moveFocus(byId("notices"), byId("main"));
  byId("notices").replaceChildren(...(age ? [staleNotice(age, reload)] : []), ...(rows ? [droppedNotice(rows)] : []));
}

function staleNotice(age, reload) {
  const text = `This data is ${duration(age)} old. The refresh from osu!track failed or is still running.`;
  const retry = button("Reload", reload, { class: "small" });
  return el(
    "div",
    { class: "notice warn row", role: "status", "data-code": "STALE_DATA" },
    el("span", {}, text),
    retry,
  );
}

function droppedNotice(rows) {
  const text = `${rows} invalid ${rows === 1 ? "row" : "rows"} from osu!track omitted.`;
  return el("p", { class: "notice warn", "data-code": "ROWS_DROPPED" }, el("span", {}, text));
}
