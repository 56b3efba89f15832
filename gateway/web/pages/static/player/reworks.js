// Reworks of pp by osu!, newest first: the days on which existing scores and totals changed, and the announcement with
// its release schedule. Smaller corrections are not listed.

const NEWS = "https://osu.ppy.sh/home/news/";
const ALL_MODES = ["osu", "taiko", "catch", "mania"];

const rework = (from, to, modes, news) => ({ from, to, modes, source: NEWS + news });

const REWORKS = [
  rework("2026-07-03", "2026-07-11", ["osu", "taiko", "catch"], "2026-07-03-performance-points-star-rating-updates"),
  rework("2025-10-29", "2025-11-08", ["osu", "taiko", "catch"], "2025-10-29-performance-points-star-rating-updates"),
  rework("2025-03-06", "2025-03-10", ["osu", "taiko", "catch"], "2025-03-06-performance-points-star-rating-updates"),
  rework("2024-10-30", "2024-11-06", ALL_MODES, "2024-10-28-performance-points-star-rating-updates"),
  rework("2022-10-10", "2022-10-10", ["mania"], "2022-10-09-changes-to-osu-mania-sr-and-pp"),
  rework("2022-09-30", "2022-10-01", ["osu"], "2022-09-30-changes-to-osu-sr-and-pp"),
  rework("2022-09-28", "2022-09-29", ["taiko"], "2022-09-28-changes-to-osu-taiko-sr-and-pp"),
  rework("2021-11-14", "2021-11-15", ["osu"], "2021-11-09-performance-points-star-rating-updates"),
  rework("2021-07-30", "2021-08-03", ["osu", "mania"], "2021-07-27-performance-points-star-rating-updates"),
  rework("2021-01-16", "2021-01-28", ["osu"], "2021-01-14-performance-points-updates"),
  rework("2019-02-07", "2019-02-08", ["osu"], "2019-02-05-new-changes-to-star-rating-performance-points"),
  rework("2018-05-16", "2018-05-16", ["osu", "mania"], "2018-05-16-performance-updates"),
];

// Those of a mode.
export const reworksOf = ({ name }) => REWORKS.filter(({ modes }) => modes.includes(name));
