// Avatars of players: initials, and above them the image, if the page allows avatars and the image loads.

import { el } from "./elements.js";

const HUES = 360;
// Neighbouring IDs get distant hues.
const HUE_STEP = 137;
// The text for a player without a known name.
const NAMELESS = /^ID \d+$/;

// An element of a fixed size, so that nothing moves when the image arrives, fails or is blocked.
export function avatar(id, name) {
  const element = el("span", { class: "avatar" }, el("span", { "aria-hidden": "true" }), image(id));
  element.style.setProperty("--hue", (Number(id) * HUE_STEP) % HUES);
  renameAvatar(element, name);
  return element;
}

// Keeps the image of an avatar: a new one would flicker.
export function renameAvatar(element, name) {
  element.querySelector("span").textContent = initials(name);
  element.querySelector("img")?.setAttribute("alt", `Avatar of ${name}`);
}

// Not `hidden` before it has loaded: browsers do not load lazy images without a box.
function image(id) {
  const origin = document.querySelector('meta[name="avatars"]')?.content;
  if (!origin) return null;
  const element = el("img", { referrerpolicy: "no-referrer", loading: "lazy", decoding: "async", width: 96, height: 96 });
  element.addEventListener("load", () => element.classList.add("loaded"));
  element.addEventListener("error", () => element.remove());
  element.src = `${origin}/${id}`;
  return element;
}

// The first letters of two words, or the first two of one word. `#` stands for an unknown name.
export function initials(name) {
  if (NAMELESS.test(name)) return "#";
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => [...word][0]) : [...(words[0] ?? "?")].slice(0, 2);
  return letters.join("").toUpperCase();
}
