// The choices above a card: its range, on pages that can show other ranges too, and its theme.

import { el } from "./elements.js";
import { readWindow, windowTitle } from "./windows.js";

// A card without a window, and without a theme.
const DEFAULT_RANGE = "1y";
const DEFAULT_THEME = "dark";
const RANGES = { "30d": 30, "90d": 90, "1y": 365, all: null };
const THEMES = { dark: "Dark", light: "Light" };

// `onChange` is called with the card of a choice: the URLs of its image and its page.
export function cardChoices({ image, page, hasRanges }, onChange) {
  const own = new URL(image).searchParams.get("window") ?? DEFAULT_RANGE;
  const range = hasRanges && select(rangeTitles(own, page), own);
  const theme = select(THEMES, DEFAULT_THEME);
  const row = el("p", { class: "row card-choices" }, range && label("Range", range), label("Theme", theme));
  row.addEventListener("change", () => {
    const window = range && range.value !== own ? range.value : undefined;
    const chosen = { window, theme: theme.value === DEFAULT_THEME ? null : theme.value };
    onChange({ image: withParams(image, chosen), page: window ? pageOf(page, window) : page });
  });
  return row;
}

// The titles by window. That of the page is the first, if it is none of the others.
function rangeTitles(own, page) {
  const titles = Object.entries(RANGES).map(([window, days]) => [window, days ? windowTitle({ days }) : "all time"]);
  const others = own in RANGES ? [] : [[own, windowTitle(readWindow(new URL(page).searchParams))]];
  return Object.fromEntries([...others, ...titles].map(([window, title]) => [window, title[0].toUpperCase() + title.slice(1)]));
}

const pageOf = (page, window) => withParams(page, { from: null, to: null, days: RANGES[window] });

// The URL with these parameters: null removes one, undefined keeps it.
function withParams(text, params) {
  const url = new URL(text);
  for (const [name, value] of Object.entries(params)) {
    if (value === null) url.searchParams.delete(name);
    else if (value !== undefined) url.searchParams.set(name, value);
  }
  url.search = url.search.replaceAll("%2C", ",");
  return url.href;
}

function select(titles, value) {
  const options = Object.entries(titles).map(([name, title]) => el("option", { value: name, selected: name === value }, title));
  return el("select", { autocomplete: "off" }, options);
}

const label = (text, control) => el("label", {}, `${text} `, control);
