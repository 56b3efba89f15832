// Sharing: the page's address and the card image.

import { listenToCopyLink } from "../shared/copy-link.js";
import { byId } from "../shared/elements.js";

// `hasRanges`: the card can show other ranges than the page.
export function listenToShare({ hasRanges = false } = {}) {
  listenToCopyLink();
  byId("card-link").addEventListener("click", (event) => openDialog(event, hasRanges));
}

// Of these instants of snapshots, the last one is the version of the card.
export const setVersion = (instants) => (byId("card-link").dataset.version = instants.sort().at(-1));

// A click that would open the image in the same tab opens the dialog. Without its script, the link does.
async function openDialog(event, hasRanges) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { href } = byId("card-link");
  try {
    const { openCard } = await import("../shared/card-dialog.js");
    const { title = document.title.split(" · osutrack-gateway")[0], version } = byId("card-link").dataset;
    openCard({ image: href, page: location.href, alt: `osu!track card: ${title}`, version, hasRanges });
  } catch {
    location.assign(href);
  }
}
