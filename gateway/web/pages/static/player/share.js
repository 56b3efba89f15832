// Sharing: the page's address and the card image.

import { listenToCopyLink } from "../shared/copy-link.js";
import { byId } from "../shared/elements.js";

// `hasRanges`: the card can show other ranges than the page.
export function listenToShare({ hasRanges = false } = {}) {
  listenToCopyLink();
  byId("card-link").addEventListener("click", (event) => openDialog(event, hasRanges));
}

// The version of the card: the last one of these instants of snapshots, and the time of the best play of a year.
export const setVersion = (snapshots, play = "") =>
  Object.assign(byId("card-link").dataset, { snapshot: snapshots.sort().at(-1), play });

// A click that would open the image in the same tab opens the dialog. Without its script, the link does.
async function openDialog(event, hasRanges) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { href } = byId("card-link");
  try {
    const { openCard } = await import("../shared/card-dialog.js");
    const { title = document.title.split(" · osutrack-gateway")[0], snapshot, play } = byId("card-link").dataset;
    const alt = `osu!track card: ${title}`;
    openCard({ image: href, page: location.href, alt, version: { snapshot, play }, hasRanges });
  } catch {
    location.assign(href);
  }
}
