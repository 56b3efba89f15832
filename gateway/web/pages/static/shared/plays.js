// The parts of a play: its grade, its mods, the link to its beatmap, and all of them as an item of a list.

import { el, externalLink, visuallyHidden } from "./elements.js";

const GRADES = { XH: "SS", X: "SS", SH: "S", S: "S" };
const SILVER = new Set(["XH", "SH"]);

export const gradeName = (grade) => (SILVER.has(grade) ? `silver ${GRADES[grade]}` : (GRADES[grade] ?? grade));

export function gradeBadge(grade) {
  if (!grade) return el("span", { class: "grade" }, "?", visuallyHidden(" unknown grade"));
  const silver = SILVER.has(grade);
  return el(
    "span",
    { class: `grade grade-${GRADES[grade] ?? grade}${silver ? " silver" : ""}` },
    GRADES[grade] ?? grade,
    silver && visuallyHidden(" silver"),
  );
}

export function modList({ acronyms }) {
  if (!acronyms.length) return el("span", { class: "muted" }, el("span", { class: "no-mods" }, "–"), visuallyHidden("no mods"));
  return el(
    "span",
    { class: "mods" },
    acronyms.map((mod) => el("span", {}, mod)),
  );
}

export const beatmapLink = ({ beatmapUrl, beatmapId }) => externalLink(beatmapUrl, [`Beatmap ${beatmapId}`, visuallyHidden(" on osu!")]);

export function playItem(play, note, points) {
  return el(
    "li",
    {},
    gradeBadge(play.grade),
    el("span", { class: "play" }, beatmapLink(play), " ", play.mods.acronyms.length > 0 && modList(play.mods), el("small", {}, note)),
    el("b", {}, points),
  );
}
