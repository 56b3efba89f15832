// What is shown stands in the address, so that a link shows the same: whom, in which mode, beside whom, which
// window, how fine.

export const MODES = [
  { name: "osu", value: "OSU", title: "osu!" },
  { name: "taiko", value: "TAIKO", title: "taiko" },
  { name: "catch", value: "CATCH", title: "catch" },
  { name: "mania", value: "MANIA", title: "mania" },
];
export const INTERVALS = { all: null, day: "DAY", week: "WEEK", month: "MONTH" };
const MAX_ID = 2 ** 31 - 1;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

// A number, or the address of a profile that has it; null if there is none in it.
export function playerId(text) {
  const found = text.trim().match(/^(?:.*\/(?:users|u|players)\/)?([1-9]\d{0,9})(?:[/?#].*)?$/)?.[1];
  return found && Number(found) <= MAX_ID ? found : null;
}

// `id` is null when the address names none, and `asked` is what it says in its place.
export function read(location = window.location) {
  const asked = decoded(location.pathname.replace(/\/+$/, "").split("/").pop());
  const given = new URLSearchParams(location.search);
  const mode = given.get("mode")?.toLowerCase() ?? "osu";
  const [from, to] = [given.get("from"), given.get("to")].map(midnight);
  return {
    asked,
    id: /^\d+$/.test(asked) ? playerId(asked) : null,
    mode: MODES.find(({ name }) => name === (mode === "fruits" ? "catch" : mode)) ?? MODES[0],
    compare: playerId(given.get("compare") ?? ""),
    from,
    to: from != null && to != null && to <= from ? null : to,
    every: given.get("every") in INTERVALS ? given.get("every") : null,
  };
}

// The query string for that; what is as usual is left out.
export function search({ mode, compare, from, to, every }) {
  const said = { mode: mode.name === "osu" ? null : mode.name, compare, from: isoDay(from), to: isoDay(to), every };
  const text = new URLSearchParams(Object.entries(said).filter(([, value]) => value != null)).toString();
  return text && `?${text}`;
}

export const isoDay = (at) => (at == null ? null : new Date(at).toISOString().slice(0, 10));

function midnight(text) {
  const at = DAY.test(text ?? "") ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(at) ? null : at;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a % that encodes nothing
  }
}
