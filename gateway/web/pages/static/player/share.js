// Sharing: the page's address and the card image.

import { listenToCopyLink } from "../shared/copy-link.js";
import { byId } from "../shared/elements.js";

export function listenToShare() {
  listenToCopyLink();
  byId("card-link").addEventListener("click", openDialog);
}

// A click that would open the image in the same tab opens the dialog. Without its script, the link does.
async function openDialog(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { href } = byId("card-link");
  try {
    const { openCard } = await import("../shared/card-dialog.js");
    const { title = document.title.split(" · osutrack-gateway")[0] } = byId("card-link").dataset;
    openCard({ image: href, page: location.href, alt: `osu!track card: ${title}` });
  } catch {
    location.assign(href);
  }
}
