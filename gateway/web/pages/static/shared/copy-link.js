// The button that shares the page's address, which holds the whole view.

import { copy } from "./copy.js";
import { announce, byId } from "./elements.js";

const COPIED_MS = 2000;
// Phones and tablets have a sheet with their apps.
const hasSheet = () => Boolean(navigator.share) && matchMedia("(pointer: coarse)").matches;

export function listenToCopyLink() {
  const label = hasSheet() ? "Share link" : "Copy link";
  byId("copy-link").textContent = label;
  byId("copy-link").addEventListener("click", async () => {
    if (hasSheet() && (await shareSheet())) return;
    const text = (await copy(location.href)) ? "Link copied" : "Copy the address bar";
    announce(`${text}.`);
    byId("copy-link").textContent = text;
    setTimeout(() => (byId("copy-link").textContent = label), COPIED_MS);
  });
}

// Whether the sheet was open: closing it is a choice, too.
async function shareSheet() {
  try {
    await navigator.share({ title: document.title, url: location.href });
    return true;
  } catch (error) {
    return error.name === "AbortError";
  }
}
