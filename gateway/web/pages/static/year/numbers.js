// The year in big numbers.

import { busiestDay, countDays, longestStreak } from "../activity/days.js";
import { busiestMonth, reworkOf } from "../activity/months.js";
import { monthOf } from "../activity/periods.js";
import { plural, streakRange } from "../activity/texts.js";
import { byId, el } from "../shared/elements.js";
import { count, day, decimal, percent, rank, rankDelta, shownDifference, signed } from "../shared/format.js";
import { sinceText } from "../shared/windows.js";
import { dayOfYear } from "./days.js";
import { hasPp } from "./plays.js";
import { shownWindow } from "./query.js";

const monthNames = new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" });

// Tiles for the `stats` of the year and its `days`. Values that are unknown or mostly estimated have no tile.
export function numbers(stats, days, view) {
  const { gain, snapshots, months, last } = stats;
  const [strongest, others] = gain ? gained(gain, reworkText(gain, months, view.mode)) : reached(snapshots, last);
  const isRow = strongest.length > 0 && strongest.every(Boolean);
  if (isRow) for (const each of strongest) each.className = "wide";
  const tiles = [...strongest, hasPp(stats) && bestPlayTile(), busiest(months), ...others];
  return [...tiles, ...peak(snapshots), ...activity(days)].filter(Boolean);
}

// The start of all changes, if it is not that of the year; else empty.
export function changesText({ gain }, view) {
  const since = gain && sinceText(gain, shownWindow(view));
  return since ? `Changes ${since}` : "";
}

// The part of the pp that was gained in the months of reworks, if any. The first month can begin before the year's gain.
function reworkText(gain, months, mode) {
  const affected = months.filter(({ start, end }) => start.at >= gain.start.at && reworkOf(monthOf(end.at), mode));
  if (!affected.length) return null;
  const names = affected.map(({ end }) => monthNames.format(new Date(end.at))).join(", ");
  const total = affected.reduce((sum, { delta }) => sum + delta.pp, 0);
  if (!/[1-9]/.test(signed(total, decimal))) return null;
  const kind = affected.length === 1 ? "the month of a pp rework" : "months of pp reworks";
  return `of which ${signed(total, decimal)} in ${names}, ${kind}`;
}

// The strongest tiles, and the others.
function gained({ start, end, delta }, rework) {
  const grades = [[delta.countSS, "SS"], [delta.countS, "S"], [delta.countA, "A"]];
  const strongest = [
    (start.pp > 0 || end.pp > 0) &&
      tile(
        "Performance",
        [signed(shownDifference(start.pp, end.pp), decimal), unit("pp")],
        [fromTo(start.pp, end.pp, decimal), rework && el("span", { class: "part" }, rework)],
        delta.pp,
      ),
    delta.ranksGained != null &&
      tile(
        "Global rank",
        rankDelta(delta.ranksGained),
        fromTo(start.globalRank, end.globalRank, rank),
        delta.ranksGained,
      ),
    tile("Plays", signed(delta.playCount), fromTo(start.playCount, end.playCount, count)),
  ];
  const others = [
    tile(
      "Accuracy",
      [signed(shownDifference(start.accuracy, end.accuracy), decimal), unit("%")],
      fromTo(start.accuracy, end.accuracy, percent),
      delta.accuracy,
    ),
    tile("Level", signed(shownDifference(start.level, end.level), decimal), fromTo(start.level, end.level, decimal)),
    tile(
      "Grades",
      signed(delta.countSS + delta.countS + delta.countA),
      grades.map(([change, grade]) => `${signed(change)}\u00a0${grade}`).join(" · "),
    ),
  ];
  return [strongest, others];
}

// The values of the only snapshot.
function reached(snapshots, last) {
  if (snapshots.length !== 1) return [[], []];
  const at = `on ${dayOfYear(last.at)}`;
  const strongest = [
    last.pp > 0 && tile("Performance", [decimal(last.pp), unit("pp")], at),
    last.globalRank != null && tile("Global rank", rank(last.globalRank), at),
    tile("Plays", count(last.playCount), at),
  ];
  return [strongest, [tile("Accuracy", [decimal(last.accuracy), unit("%")], at), tile("Level", decimal(last.level), at)]];
}

function peak(snapshots) {
  if (snapshots.length === 1) return [];
  const ranked = snapshots.filter(({ globalRank }) => globalRank != null);
  if (!ranked.length) return [];
  const best = Math.min(...ranked.map(({ globalRank }) => globalRank));
  const at = ranked.filter(({ globalRank }) => globalRank === best).map((snapshot) => day(snapshot.at));
  const [first, last] = [at[0], at.at(-1)];
  return [tile("Peak rank", rank(best), first === last ? first : `first on ${first}, last on ${last}`)];
}

function busiest(months) {
  const month = busiestMonth(months);
  return month && tile("Most active month", monthNames.format(new Date(month.end.at)), plural(month.delta.playCount, "play"));
}

function activity(days) {
  const [most, streak] = [busiestDay(days), longestStreak(days)];
  const { estimated, unknown } = countDays(days);
  const isMeasured = 2 * estimated <= days.length - unknown;
  return [
    most && isMeasured && tile("Most active day", dayOfYear(most.at), plural(most.plays, "play")),
    streak?.length > 1 &&
      isMeasured &&
      tile("Longest streak", [count(streak.length), unit("days")], streakRange(streak)),
  ];
}

// It has its final size, and gets its value with the hiscores.
function bestPlayTile() {
  const empty = tile("Best play", "…", "Loading");
  empty.id = "best-play";
  return empty;
}

// Without a play, the reason.
export function showBestPlay(play, missing = "No hiscores recorded") {
  const shown = play
    ? tile("Best play", [decimal(play.pp), unit("pp")], `${play.mods.label} · ${dayOfYear(play.playedAt)}`)
    : tile("Best play", "–", missing);
  byId("best-play")?.replaceChildren(...shown.children);
}

function tile(title, value, detail, change = 0) {
  const direction = change > 0 ? "up" : change < 0 ? "down" : null;
  return el(
    "div",
    {},
    el("dt", {}, title),
    el("dd", { class: "value" }, el("span", { class: direction }, value)),
    el("dd", { class: "detail" }, detail),
  );
}

const unit = (text) => el("span", { class: "unit" }, ` ${text}`);

const fromTo = (start, end, format) => `${format(start)} → ${format(end)}`;
