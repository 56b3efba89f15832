// Sharing: a copy of the page's address, which holds the whole view, and the card image.

import { announce, byId } from "../shared/elements.js";
import { search } from "./view.js";

const COPIED_MS = 2000;
const LABEL = "Copy link";

export function listenToCopy() {
  byId("copy-link").addEventListener("click", async () => {
    const text = (await copy(location.href)) ? "Link copied" : "Copy the address bar";
    announce(`${text}.`);
    byId("copy-link").textContent = text;
    setTimeout(() => (byId("copy-link").textContent = LABEL), COPIED_MS);
  });
}

// The page's preview has a PNG file if the gateway can draw one.
export function showCardLink({ id, mode }) {
  const suffix = document.querySelector('meta[property="og:image"]') ? "png" : "svg";
  byId("card-link").href = `${id}/card.${suffix}${search({ mode })}`;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(text); // without TLS, or without permission
  }
}

function copySelection(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  const focused = document.activeElement;
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return copied;
}
