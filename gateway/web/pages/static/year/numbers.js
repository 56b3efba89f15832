// The year in big numbers.

import { busiestDay, countDays, longestStreak } from "../activity/days.js";
import { busiestMonth, reworkOf } from "../activity/months.js";
import { monthOf } from "../activity/periods.js";
import { plural, streakRange } from "../activity/texts.js";
import { el } from "../shared/elements.js";
import { count, day, decimal, percent, rank, rankDelta, signed } from "../shared/format.js";
import { sinceText } from "../shared/windows.js";
import { shownWindow } from "./query.js";

const monthNames = new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" });
const shortDays = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

// Tiles for the `stats` of the year and its `days`. Values that are unknown or mostly estimated have no tile.
export function numbers({ gain, snapshots, months }, days, view) {
  const since = gain && sinceText(gain, shownWindow(view));
  const tiles = gained(gain, reworkText(months, view.mode)).filter(Boolean);
  for (const each of since ? tiles : []) each.append(el("dd", { class: "detail" }, since));
  return [...tiles, ...reached(snapshots), ...activity(days, months)].filter(Boolean);
}

// The part of the pp that was gained in the months of reworks, if any.
function reworkText(months, mode) {
  const affected = months.filter(({ end }) => reworkOf(monthOf(end.at), mode));
  if (!affected.length) return null;
  const names = affected.map(({ end }) => monthNames.format(new Date(end.at))).join(", ");
  const total = affected.reduce((sum, { delta }) => sum + delta.pp, 0);
  if (!/[1-9]/.test(signed(total, decimal))) return null;
  const kind = affected.length === 1 ? "the month of a pp rework" : "months of pp reworks";
  return `of which ${signed(total, decimal)} in ${names}, ${kind}`;
}

function gained(gain, rework) {
  if (!gain) return [];
  const { start, end, delta } = gain;
  const grades = [`${signed(delta.countSS)} SS`, `${signed(delta.countS)} S`, `${signed(delta.countA)} A`];
  return [
    (start.pp > 0 || end.pp > 0) &&
      tile(
        "Performance",
        [signed(delta.pp, decimal), unit("pp")],
        [fromTo(start.pp, end.pp, decimal), rework && el("span", { class: "part" }, rework)],
        delta.pp,
        "wide",
      ),
    delta.ranksGained != null &&
      tile(
        "Global rank",
        [rankDelta(delta.ranksGained), unit("ranks")],
        fromTo(start.globalRank, end.globalRank, rank),
        delta.ranksGained,
        "wide",
      ),
    tile("Plays", signed(delta.playCount), fromTo(start.playCount, end.playCount, count), 0, "wide"),
    tile(
      "Accuracy",
      [signed(delta.accuracy, decimal), unit("%")],
      fromTo(start.accuracy, end.accuracy, percent),
      delta.accuracy,
    ),
    tile("Level", signed(delta.level, decimal), fromTo(start.level, end.level, decimal)),
    tile("Grades", signed(delta.countSS + delta.countS + delta.countA), grades.join(" · ")),
  ];
}

function reached(snapshots) {
  const ranked = snapshots.filter(({ globalRank }) => globalRank != null);
  if (!ranked.length) return [];
  const best = Math.min(...ranked.map(({ globalRank }) => globalRank));
  const at = ranked.filter(({ globalRank }) => globalRank === best).map((snapshot) => day(snapshot.at));
  const [first, last] = [at[0], at.at(-1)];
  return [tile("Peak rank", rank(best), first === last ? first : `first on ${first}, last on ${last}`)];
}

function activity(days, months) {
  const [most, month, streak] = [busiestDay(days), busiestMonth(months), longestStreak(days)];
  const { estimated, unknown } = countDays(days);
  const isMeasured = 2 * estimated <= days.length - unknown;
  return [
    month &&
      tile(
        "Most active month",
        monthNames.format(new Date(month.end.at)),
        plural(month.delta.playCount, "play"),
      ),
    most && isMeasured && tile("Most active day", shortDays.format(most.at), plural(most.plays, "play")),
    streak?.length > 1 &&
      isMeasured &&
      tile("Longest streak", [count(streak.length), unit("days")], streakRange(streak)),
  ];
}

function tile(title, value, detail, change = 0, kind = null) {
  const direction = change > 0 ? "up" : change < 0 ? "down" : null;
  return el(
    "div",
    { class: kind },
    el("dt", {}, title),
    el("dd", { class: "value" }, el("span", { class: direction }, value)),
    el("dd", { class: "detail" }, detail),
  );
}

const unit = (text) => el("span", { class: "unit" }, ` ${text}`);

const fromTo = (start, end, format) => `${format(start)} → ${format(end)}`;
