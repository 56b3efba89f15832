// The parts of a player on the home page: the name, the stats, their gains, and the controls.

import { avatar } from "../shared/avatar.js";
import { button, coloured, el, visuallyHidden } from "../shared/elements.js";
import { ago, count, dateTime, day, decimal, percent, pp, rank, rankDelta, signed } from "../shared/format.js";
import { DAY_MS } from "../shared/windows.js";

export const PERIODS = { day: "24 hours", week: "7 days", month: "30 days" };

// The page of the player, or of a year, in the mode of the stats.
export const hrefOf = ({ id, last }, year = "") => `players/${id}${year}${last && last.mode !== "osu!" ? `?mode=${last.mode}` : ""}`;

// One player alone is not compared.
export const choiceOf = ({ id, name }, { hasChoice }) =>
  hasChoice && el("input", { type: "checkbox", value: id, autocomplete: "off", "aria-label": `Compare ${name}` });

export function nameOf(player) {
  const { id, name, isPinned, last } = player;
  const image = avatar(id, name);
  image.setAttribute("aria-hidden", "true"); // the name beside it says the same
  const link = el("a", { href: hrefOf(player) }, name);
  const pinned = isPinned && el("span", { class: "muted", title: "Pinned" }, " ", el("span", { "aria-hidden": "true" }, "★"), visuallyHidden("pinned"));
  const state = el("small", { class: "player-state muted", title: last && `The last update was at ${dateTime(last.at)}` }, stateText(player));
  return el("div", { class: "player" }, image, el("div", {}, link, pinned, state));
}

// The mode unless it is osu!, and the age of the stats.
export function stateText({ last }) {
  if (!last) return "No stats yet";
  return [last.mode !== "osu!" && last.mode, `updated ${ago(last.at)}`].filter(Boolean).join(" · ");
}

const rankCell = ({ last }) =>
  last ? [el("b", {}, rank(last.rank)), el("small", { class: "muted" }, pp(last.pp))] : ["–"];

// The gain in pp, and below it the ranks, or the day since which the gain counts. That of an earlier visit is muted.
function gainCell({ last }, period, now = Date.now()) {
  const gain = last?.gains?.[period];
  if (!gain) return [el("span", { class: "muted", title: last?.gains && "No update in this time" }, "–")];
  const { pp: gained, ranks, since } = gain;
  const isOld = now - Date.parse(last.seenAt) > DAY_MS;
  const attributes = { class: "muted", title: isOld && `As of ${day(last.seenAt)}` };
  const below = since || (ranks == null ? "–" : rankDelta(ranks));
  if (since || isOld) return [el("span", attributes, signed(gained, decimal)), el("small", attributes, below)];
  return [coloured(signed(gained, decimal), gained), el("small", {}, coloured(below, ranks))];
}

// On phones: the gain of the shortest period that has one, with its period.
function shortestGainCell(player) {
  const gains = player.last?.gains ?? {};
  const periods = Object.keys(PERIODS);
  const period = periods.find((each) => gains[each]?.pp) ?? periods.find((each) => gains[each]) ?? "week";
  const title = gains[period] && !gains[period].since && el("small", { class: "muted" }, PERIODS[period]);
  return [gainCell(player, period), title].flat().filter(Boolean);
}

// The cell with this name.
export function cellOf(player, name) {
  if (name === "rank") return rankCell(player);
  return name === "shortest" ? shortestGainCell(player) : gainCell(player, name);
}

// The stats and gains of the own player.
export function tilesOf(player, now = Date.now()) {
  const { last } = player;
  const year = new Date(now).getUTCFullYear();
  return el(
    "dl",
    { class: "own-stats" },
    tile("Rank", el("b", {}, last ? rank(last.rank) : "–")),
    tile("pp", last ? decimal(last.pp) : "–"),
    tile("Accuracy", percent(last?.accuracy)),
    tile("Plays", count(last?.plays)),
    Object.entries(PERIODS).map(([period, title]) => tile(title, gainTile(player, period))),
    tile("Review", el("a", { href: hrefOf(player, `/${year}`) }, `Year ${year}`)),
  );
}

const tile = (title, ...content) => el("div", {}, el("dt", {}, title), el("dd", {}, ...content));

function gainTile(player, period) {
  const [gained, below] = gainCell(player, period);
  if (!below) return [gained];
  if (!player.last.gains[period].since) below.append(" ranks");
  return [gained, el("span", { class: "muted" }, " pp"), below];
}

// `onOwn` and `onRemove` are called with the player.
export function actionsOf(player, { isOwnKnown, onOwn, onRemove }) {
  const { id, name, isOwn } = player;
  const own = button(["Me", visuallyHidden(` (${name})`)], () => onOwn(player), {
    class: "small",
    "aria-pressed": String(isOwn),
    "data-own": id,
    title: isOwn ? "This is you" : "This is me: show this player first",
  });
  const remove = button([el("span", { "aria-hidden": "true" }, "×"), visuallyHidden(`Remove ${name}`)], () => onRemove(player), {
    class: "small remove",
    title: "Remove from this list",
  });
  return [(isOwn || !isOwnKnown) && own, remove];
}
