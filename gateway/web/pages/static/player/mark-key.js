// The line above the charts that explains the events in them, or names those near the cursor.

import { byId, el, externalLink, timeElement } from "../shared/elements.js";
import { day } from "../shared/format.js";
import { ownerOf } from "./marks.js";
import { reworksOf } from "./reworks.js";

// `texts` are those of the events near the cursor, with links.
export function showKey({ owner, reworks, flags, plays }, texts, isFaded) {
  const key = [
    plays.length && keyItem("play", "Hiscores", el("span", { class: "wide-only" }, " (right axis)")),
    flags.length && keyItem("flag", ownerOf(owner, "Milestones")),
    reworks.length && keyItem("rework", "pp reworks"),
    isFaded && keyItem("faded wide-only", "Faded: no snapshots"),
  ].filter(Boolean);
  const reading = texts.flatMap((text, index) => [index ? "; " : "", text].flat());
  const shown = texts.length ? [el("span", {}, reading)] : key;
  byId("mark-key").replaceChildren(...(shown.length ? shown : ["\u00a0"]));
}

const keyItem = (name, ...text) => el("span", { class: `key key-${name}` }, text);

// The reworks of a mode with their sources.
export function showReworks(mode) {
  const items = reworksOf(mode).map(({ from, to, source }) => {
    const days = [timeElement(from, day(from)), ...(from === to ? [] : [" – ", timeElement(to, day(to))])];
    return el("li", {}, days, ": ", externalLink(source, "announcement"));
  });
  byId("reworks-list").replaceChildren(...items);
}
