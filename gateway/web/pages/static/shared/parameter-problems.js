// Problems of the parameters in an address: unknown values, and unknown names that resemble a parameter. Other unknown
// names are ignored, because sites add their own to links.

import { quoted } from "./parameter-rules.js";

const MAX_PROBLEMS = 3;
const SYNONYMS = {
  period: "days",
  window: "days",
  range: "days",
  last: "days",
  time: "days",
  year: "days",
  month: "days",
  week: "days",
  since: "from",
  start: "from",
  until: "to",
  end: "to",
  ruleset: "mode",
  gamemode: "mode",
  mod: "mods",
  exclude: "without",
  interval: "every",
  order: "sort",
  limit: "show",
  metric: "series",
  chart: "series",
  vs: "compare",
  players: "compare",
  pp: "minpp",
};
// Names with a unit: their numbers are not those of days.
const UNITS = ["year", "month", "week"];
// Parameters of other pages, in whose place this page has nothing.
const ELSEWHERE = ["days", "from", "to", "mods", "without", "grades", "minpp", "maxpp", "every", "sort", "plays", "series", "compare", "show"];

// Sentences about a query string, by the rules of the page's parameters; empty without problems.
export function parameterProblems(query, rules) {
  const params = new URLSearchParams(query);
  const problems = [...new Set(params.keys())].map((name) =>
    Object.hasOwn(rules, name) ? valueProblem(params.get(name).trim(), query, rules[name]) : nameProblem(name, params.get(name).trim(), rules),
  );
  return [...new Set(problems.filter(Boolean))].slice(0, MAX_PROBLEMS).join(" ");
}

const valueProblem = (text, query, { problem }) => text && problem(text, query);

function nameProblem(name, text, rules) {
  const meant = meantName(name.toLowerCase(), Object.keys(rules));
  if (meant) return `${quoted(name)} has no effect. Write “${meant}=${meantValue(meant, text, name.toLowerCase(), rules[meant])}”.`;
  return ELSEWHERE.includes(name) ? `${quoted(name)} has no effect on this page.` : "";
}

// The value in the address, if it is one of the parameter that was meant.
function meantValue(meant, text, name, { example, synonyms = {}, problem }) {
  const value = Object.hasOwn(synonyms, text.toLowerCase()) ? synonyms[text.toLowerCase()] : text;
  const isValid = value && !UNITS.includes(name) && !problem(value, new URLSearchParams({ [meant]: value }).toString());
  return isValid ? value : example;
}

function meantName(name, known) {
  const synonym = Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name] : name;
  return known.includes(synonym) ? synonym : known.find((each) => each.length > 2 && isNear(name, each));
}

// Whether one letter is added, missing, replaced, or swapped with the next one.
function isNear(one, other) {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  const [left, right] = [short.slice(at), long.slice(at)];
  if (left === right.slice(1)) return true;
  const isSwapped = left.length > 1 && left[1] + left[0] + left.slice(2) === right;
  return left.length === right.length && (isSwapped || left.slice(1) === right.slice(1));
}
