// Rules of the parameters in addresses: an example, and a function from the text (and the whole query string) to a
// sentence about its fault, or an empty text. Faulty values are ignored, so that a page always shows something.

import { modeOf } from "./address.js";
import { count } from "./format.js";
import { GRADES, MODS, unknownItems } from "./play-filters.js";
import { daysIn, MAX_DAYS, midnight } from "./windows.js";

const MAX_TEXT = 40;
const MODE_NAMES = ["osu", "taiko", "catch", "mania"];

const valueOf = (query, name) => new URLSearchParams(query).get(name);
export const quoted = (text) => `“${text.slice(0, MAX_TEXT)}”`;

function noneOf(noun, text, values) {
  const plural = noun.endsWith("s") ? noun : `${noun}s`;
  return `There is no ${noun} ${quoted(text)}. The ${plural} are ${values.slice(0, -1).join(", ")} and ${values.at(-1)}.`;
}

// One of a few values.
export const oneOf = (noun, values, example) => ({
  example,
  problem: (text) => (values.includes(text) ? "" : noneOf(noun, text, values)),
});

const hasName = (query) => Boolean(valueOf(query, "mode")?.trim());

export const MODE = {
  mode: { example: "taiko", problem: (text, query) => (modeOf(query) ? "" : noneOf("mode", text, MODE_NAMES)) },
  // The number of the mode in osu!'s old URLs, beside which a name is used.
  m: { example: "1", problem: (text, query) => (modeOf(query) || hasName(query) ? "" : noneOf("mode", text, MODE_NAMES)) },
};

function unknownMod(text) {
  const [mod] = unknownItems(MODS, text);
  return mod ? `There is no mod ${quoted(mod)}. Mods are written as in “HD,DT”.` : "";
}

function unknownGrade(text) {
  const [grade] = unknownItems(Object.keys(GRADES), text);
  return grade ? noneOf("grade", grade, Object.keys(GRADES)) : "";
}

export const FILTERS = {
  mods: { example: "HD,DT", problem: unknownMod },
  without: { example: "FL", problem: unknownMod },
  grades: { example: "SS,S", problem: unknownGrade },
};

// The last days up to now; "all" is the whole time.
export const DAYS = {
  example: "365",
  synonyms: { day: "1", week: "7", month: "30", year: "365", alltime: "all", "all-time": "all", "all time": "all" },
  problem: (text) =>
    text === "all" || daysIn(text) ? "" : `There is no period of ${quoted(text)} days. Days are from 1 to ${count(MAX_DAYS)}, or “all”.`,
};

// UTC days, of which the second one is not part of the window.
export const DATES = {
  from: { example: "2026-01-31", problem: (text, query) => beside(query, "from") || noDay(text) },
  to: { example: "2026-01-31", problem: (text, query) => beside(query, "to") || noDay(text) || early(text, query) },
};

const beside = (query, name) => (daysIn(valueOf(query, "days")) ? `“${name}” has no effect beside “days”.` : "");

const noDay = (text) =>
  midnight(text) == null ? `There is no day ${quoted(text)}. Days are written as in “2026-01-31”.` : "";

function early(text, query) {
  const from = midnight(valueOf(query, "from"));
  return from != null && midnight(text) <= from ? `“to” must be a later day than “from”, not ${quoted(text)}.` : "";
}

export const NUMBER_OF_PLAYS = {
  example: "100",
  problem: (text) => (/^[1-9]\d*$/.test(text) ? "" : `“show” is a number of plays, not ${quoted(text)}.`),
};
