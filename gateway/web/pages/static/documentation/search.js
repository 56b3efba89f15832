// The search over the documentation: sections with all words of the query, those with a word in their title first.
import { el } from "../shared/elements.js";
import { root } from "../shared/graphql.js";

const INDEX = new URL("docs/search.json", root);
const MAX_RESULTS = 12;
const EXCERPT_LENGTH = 140;

let loading;

// The index is loaded with the first focus.
const sections = () => (loading ??= load());

async function load() {
  try {
    const response = await fetch(INDEX);
    return (await response.json()).map(([path, page, title, anchor, text]) => ({ path, page, title, anchor, text }));
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

export function search(input, status, list) {
  input.addEventListener("focus", () => sections().catch(() => undefined), { once: true });
  input.addEventListener("input", () => show(input, status, list));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") list.querySelector("a")?.click();
  });
}

async function show(input, status, list) {
  const words = wordsOf(input.value);
  const found = await find(words).catch(() => null);
  if (words.join() !== wordsOf(input.value).join()) return;
  status.textContent = describe(words, found);
  list.replaceChildren(...(found ?? []).slice(0, MAX_RESULTS).map((section) => resultItem(section, words)));
}

const wordsOf = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);

async function find(words) {
  if (words.length === 0) return [];
  const ranked = (await sections()).map((section) => [rank(section, words), section]).filter(([value]) => value > 0);
  return ranked.sort(([first], [second]) => second - first).map(([, section]) => section);
}

// Zero without one of the words; a word of the section's title counts most, then a part of it, and the page's title.
function rank({ page, title, text }, words) {
  const titleWords = title.toLowerCase().match(/\w+/g) ?? [];
  const values = words.map((word) => {
    if (titleWords.includes(word)) return 12;
    if (title.toLowerCase().includes(word)) return 9;
    if (page.toLowerCase().includes(word)) return 3;
    return text.toLowerCase().includes(word) ? 1 : 0;
  });
  return values.includes(0) ? 0 : values.reduce((sum, value) => sum + value);
}

function describe(words, found) {
  if (words.length === 0) return "";
  if (found === null) return "The search is unavailable. Reload the page to try again.";
  if (found.length > MAX_RESULTS) return `${MAX_RESULTS} of ${found.length} sections`;
  return found.length === 0 ? "No section has all of these words." : "";
}

function resultItem({ path, page, title, anchor, text }, words) {
  const address = new URL(`docs/${path}${anchor && `#${anchor}`}`, root);
  const name = title === page ? page : `${page}: ${title}`;
  return el("li", {}, el("a", { href: address }, name), el("span", { class: "text-small muted" }, excerpt(text, words)));
}

function excerpt(text, words) {
  const first = Math.max(0, text.toLowerCase().indexOf(words[0]) - EXCERPT_LENGTH / 3);
  const start = first === 0 ? 0 : text.indexOf(" ", first) + 1;
  const part = text.slice(start, start + EXCERPT_LENGTH);
  return `${start > 0 ? "… " : ""}${part}${start + EXCERPT_LENGTH < text.length ? " …" : ""}`;
}
