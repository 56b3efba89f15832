// The result of an update as text, for chats.

import { day, percent } from "../shared/format.js";
import { changedValues } from "./summary.js";

// Lines: the player with the changes, each new hiscore, and the page's address.
export function resultText({ delta, newHiscores, since }, { name, mode, url }) {
  const changes = delta ? changedValues(delta).map(([title, text]) => `${title} ${text}`) : [];
  const period = changes.length && since ? ` (since ${day(since)})` : "";
  const player = [`${name}, ${mode.title}`, changes.join(", ")].filter(Boolean).join(": ") + period;
  return [player, ...newHiscores.map(playText), url].join("\n");
}

export function playStats({ accuracy, maxCombo, perfect, countMiss }) {
  return `${percent(accuracy)}, ${maxCombo}×${perfect ? ", full combo" : countMiss ? `, ${countMiss} missed` : ""}`;
}

function playText(play) {
  const mods = play.mods.acronyms.length ? ` ${play.mods.label}` : "";
  return `No. ${play.position}: ${Math.round(play.pp)} pp${mods} (${playStats(play)}) ${play.beatmapUrl}`;
}
