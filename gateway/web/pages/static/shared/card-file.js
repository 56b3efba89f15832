// The file of a card, and its version: those of the page's link preview (`previews.py`).

import { windowText } from "./windows.js";

// The name and the query string. `compare` has players by ID or name; the card needs their IDs. The window is the last
// `days`, or between two dates. Without one, a comparison has all gains, as the page.
export function cardFile({ mode, compare = [], series, ...range }) {
  const compared = compare.filter((player) => /^\d+$/.test(player)).join() || null;
  const params = {
    mode: mode.name === "osu" ? null : mode.name,
    compare: compared,
    series,
    window: windowText(range) ?? (compared && "all"),
  };
  const text = `${new URLSearchParams(Object.entries(params).filter(([, value]) => value != null))}`;
  return `card.${imageSuffix()}${text && `?${text.replaceAll("%2C", ",")}`}`;
}

// The URL with the time of the last snapshot, which images of past times do not have, and of the best play of a year:
// chats keep their first copy of an image.
export function withVersion(url, { snapshot, play }) {
  const end = Date.parse(new URL(url).searchParams.get("window")?.split("..")[1]);
  const instants = [end <= Date.now() ? null : snapshot, play].filter(Boolean);
  if (!instants.length) return url;
  const version = instants.map((instant) => instant.replace(/\D/g, "").slice(0, 14)).join("-");
  return `${url}${url.includes("?") ? "&" : "?"}v=${version}`;
}

// The preview has a PNG file if the gateway can draw one.
const imageSuffix = () => (document.querySelector('meta[property="og:image"]') ? "png" : "svg");
