// Sharing: the page's address, which holds the whole view, and the card image.

import { copy } from "../shared/copy.js";
import { announce, byId } from "../shared/elements.js";
import { search } from "./view.js";

const COPIED_MS = 2000;
// Phones and tablets have a sheet with their apps.
const hasSheet = () => Boolean(navigator.share) && matchMedia("(pointer: coarse)").matches;

export function listenToShare() {
  const label = hasSheet() ? "Share link" : "Copy link";
  byId("copy-link").textContent = label;
  byId("copy-link").addEventListener("click", async () => {
    if (hasSheet() && (await shareSheet())) return;
    const text = (await copy(location.href)) ? "Link copied" : "Copy the address bar";
    announce(`${text}.`);
    byId("copy-link").textContent = text;
    setTimeout(() => (byId("copy-link").textContent = label), COPIED_MS);
  });
  byId("card-link").addEventListener("click", openDialog);
}

// The page's preview has a PNG file if the gateway can draw one. The card needs the IDs of the compared players.
export function showCardLink({ id, mode, compare }) {
  byId("card-link").hidden = false;
  const query = search({ mode, compare: compare.filter((player) => /^\d+$/.test(player)) });
  byId("card-link").href = `${id}/card.${imageSuffix()}${query}`;
}

export const imageSuffix = () => (document.querySelector('meta[property="og:image"]') ? "png" : "svg");

// Whether the sheet was open: closing it is a choice, too.
async function shareSheet() {
  try {
    await navigator.share({ title: document.title, url: location.href });
    return true;
  } catch (error) {
    return error.name === "AbortError";
  }
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
