// The year in big numbers.

import { busiestDay, busiestMonth, longestStreak } from "../activity/days.js";
import { plural, streakRange } from "../activity/texts.js";
import { el } from "../shared/elements.js";
import { count, day, decimal, percent, rank, signed } from "../shared/format.js";

const monthNames = new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" });
const shortDays = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

// Tiles for the `stats` of the year and its `days`. Values that are unknown have no tile.
export function numbers({ gain, snapshots }, days) {
  return [...gained(gain), ...reached(snapshots), ...activity(days)].filter(Boolean);
}

function gained(gain) {
  if (!gain) return [];
  const { start, end, delta } = gain;
  const grades = [`${signed(delta.countSS)} SS`, `${signed(delta.countS)} S`, `${signed(delta.countA)} A`];
  return [
    (start.pp > 0 || end.pp > 0) &&
      tile("Performance", [signed(delta.pp, decimal), unit("pp")], fromTo(start.pp, end.pp, decimal), delta.pp, "wide"),
    delta.ranksGained != null &&
      tile(
        "Global rank",
        [signed(delta.ranksGained), unit("ranks")],
        fromTo(start.globalRank, end.globalRank, rank),
        delta.ranksGained,
        "wide",
      ),
    tile("Plays", signed(delta.playCount), fromTo(start.playCount, end.playCount, count)),
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
  const best = ranked.reduce((one, other) => (other.globalRank < one.globalRank ? other : one));
  return [tile("Peak rank", rank(best.globalRank), day(best.at))];
}

function activity(days) {
  const [most, month, streak] = [busiestDay(days), busiestMonth(days), longestStreak(days)];
  return [
    month &&
      tile(
        "Most active month",
        monthNames.format(month.at),
        `${month.estimated ? "about " : ""}${plural(Math.round(month.plays), "play")}`,
      ),
    most && tile("Most active day", shortDays.format(most.at), plural(most.plays, "play")),
    streak &&
      tile("Longest streak", [count(streak.length), unit(streak.length === 1 ? "day" : "days")], streakRange(streak)),
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
