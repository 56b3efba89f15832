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
};
// Parameters of other pages, in whose place this page has nothing.
const ELSEWHERE = ["days", "from", "to", "mods", "without", "grades", "every", "sort", "plays", "series", "compare", "show"];

// Sentences about a query string, by the rules of the page's parameters; empty without problems.
export function parameterProblems(query, rules) {
  const params = new URLSearchParams(query);
  const problems = [...new Set(params.keys())].map((name) =>
    Object.hasOwn(rules, name) ? valueProblem(params.get(name).trim(), query, rules[name]) : nameProblem(name, rules),
  );
  return [...new Set(problems.filter(Boolean))].slice(0, MAX_PROBLEMS).join(" ");
}

const valueProblem = (text, query, { problem }) => text && problem(text, query);

function nameProblem(name, rules) {
  const meant = meantName(name.toLowerCase(), Object.keys(rules));
  if (meant) return `There is no parameter ${quoted(name)}. Write “${meant}=${rules[meant].example}”.`;
  return ELSEWHERE.includes(name) ? `This page has no parameter ${quoted(name)}.` : "";
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
