// Filters of plays by mods and grade: in the address, in words, and for the query.

export const GRADES = { SS: ["X", "XH"], S: ["S", "SH"], A: ["A"], B: ["B"], C: ["C"], D: ["D"] };
// The acronyms that the gateway knows. Their order is that of the buttons and of the URL.
export const MODS = (
  "NM HD HR DT FL EZ HT NF SO FI MR NC SD PF RX AP AT CN TP TD RD 1K 2K 3K 4K 5K 6K 7K 8K 9K CO V2"
).split(" ");
const ITEM = /[A-Z0-9]{1,2}/g;
export const NO_FILTERS = { mods: [], without: [], grades: [] };

// The filters in the parameters of a URL.
export function readFilters(params) {
  const mods = choice(MODS, params.get("mods"));
  return {
    mods: mods.includes("NM") ? ["NM"] : mods,
    without: choice(MODS, params.get("without")).filter((mod) => mod !== "NM" && !mods.includes(mod)),
    grades: choice(Object.keys(GRADES), params.get("grades")),
  };
}

// The parameters of filters; null without a choice.
export const filterParams = ({ mods, without, grades }) =>
  Object.fromEntries(Object.entries({ mods, without, grades }).map(([name, list]) => [name, list?.join() || null]));

// The filters in words: "HD, DT, without FL, SS"; empty without filters.
export function filterText({ mods, without, grades }) {
  const parts = [mods.join(", "), without.length && `without ${without.join(", ")}`, grades.join(", ")];
  return parts.filter(Boolean).join("; ");
}

// The `ScoreFilter` of the query; null without filters.
export function scoreFilter({ mods, without, grades }) {
  const conditions = {
    ...(mods.length && { modsAll: mods }),
    ...(without.length && { modsNone: without }),
    ...(grades.length && { grades: grades.flatMap((grade) => GRADES[grade]) }),
  };
  return Object.keys(conditions).length ? conditions : null;
}

// The items in a list that a text names, in their order: "HD,DT", "hd dt" and "HDDT" are the same mods.
function choice(items, text) {
  const named = (text ?? "").toUpperCase().match(ITEM) ?? [];
  return items.filter((item) => named.includes(item));
}

// The words of a text in which an item does not exist.
export const unknownItems = (items, text) =>
  text.split(/[\s,;+|]+/).filter((word) => word && !isKnown(items, word.toUpperCase()));

const isKnown = (items, word) => word.replace(ITEM, "") === "" && word.match(ITEM).every((item) => items.includes(item));
