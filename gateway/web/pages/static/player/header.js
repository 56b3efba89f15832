// The top of the page: name, modes, and links.

import { avatar, renameAvatar } from "../shared/avatar.js";
import { byId, el, externalLink, timeElement } from "../shared/elements.js";
import { ago, day } from "../shared/format.js";
import { showCardLink } from "./card-link.js";
import { setName, showTitle } from "./title.js";
import { MODES, search } from "./view.js";

export const displayName = ({ username }, id) => username ?? `ID ${id}`;

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
  setName(id, name);
  showIdentity(id, name);
  const dates = latest && [
    el("span", {}, "Last snapshot: ", timeElement(latest.at, ago(latest.at))),
    el("span", { class: "wide-only" }, "Tracked since ", timeElement(earliest.at, day(earliest.at))),
  ];
  // They stay on one line.
  const links = el(
    "span",
    {},
    externalLink(user.profileUrl, "osu! profile"),
    user.osuTrackUrl && [" · ", externalLink(user.osuTrackUrl, "osu!track")],
  );
  showDataLinks(Boolean(latest));
  if (latest) showYearLink({ id, mode }, latest.at);
  byId("history-export").replaceChildren(exportLink(id, mode, "history", "History (CSV)"));
  const nameState = el("span", { id: "name-state", hidden: !user.username }, `ID ${id}`);
  byId("about").replaceChildren(nameState, ...(dates ?? []), links);
}

// Without data, there is no card and no review.
export function showDataLinks(isShown) {
  for (const link of ["card-link", "year-link"]) byId(link).hidden = !isShown;
}

// In place of the ID, while that is in place of the name.
export function showNameState(text) {
  byId("name-state").textContent = text;
  byId("name-state").hidden = false;
}

// The link to the year in review of an instant.
export function showYearLink({ id, mode }, at) {
  byId("year-link").href = `${id}/${new Date(at).getUTCFullYear()}${search({ mode })}`;
  byId("year-link").hidden = false;
}

export const exportLink = (id, mode, list, text) =>
  el("a", { href: `${id}/${list}.csv?mode=${mode.name}`, download: true }, text);

// The modes, the title and the link to the card, which follow the address.
export function showAddress(view) {
  const links = MODES.map((mode) => {
    const href = `${view.segment}${search({ ...view, mode, isModeChosen: true })}`;
    return el("a", { href, "data-mode": mode.name, "aria-current": mode === view.mode ? "page" : null }, mode.title);
  });
  byId("modes").replaceChildren(...links);
  showTitle();
  showCardLink(view);
}

// `onChoose(mode)` is called for clicks that would open the page in the same tab.
export function listenToModes(onChoose) {
  byId("modes").addEventListener("click", (event) => {
    const mode = MODES.find(({ name }) => name === event.target.dataset.mode);
    if (!mode || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onChoose(mode);
  });
}
