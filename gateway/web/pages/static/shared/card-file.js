// The file of a card, and its version: those of the page's link preview (`previews.py`).

import { windowText } from "./windows.js";

// The name and the query string. `compare` has players by ID or name; the card needs their IDs. The window is the last
// `days`, or between two dates.
export function cardFile({ mode, compare = [], series, ...range }) {
  const params = {
    mode: mode.name === "osu" ? null : mode.name,
    compare: compare.filter((player) => /^\d+$/.test(player)).join() || null,
    series,
    window: windowText(range),
  };
  const text = `${new URLSearchParams(Object.entries(params).filter(([, value]) => value != null))}`;
  return `card.${imageSuffix()}${text && `?${text.replaceAll("%2C", ",")}`}`;
}

// The URL with the time of the last snapshot: chats keep their first copy of an image. Images of past times do not change.
export function withVersion(url, instant) {
  const end = Date.parse(new URL(url).searchParams.get("window")?.split("..")[1]);
  if (!instant || end <= Date.now()) return url;
  return `${url}${url.includes("?") ? "&" : "?"}v=${instant.replace(/\D/g, "").slice(0, 14)}`;
}

// The preview has a PNG file if the gateway can draw one.
const imageSuffix = () => (document.querySelector('meta[property="og:image"]') ? "png" : "svg");
