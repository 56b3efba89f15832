// The parameters in the address of a player page.

import { DATES, DAYS, FILTERS, MODE, oneOf, quoted } from "../shared/parameter-rules.js";
import { METRICS } from "./metrics.js";
import { INTERVALS } from "./view.js";

const SERIES = Object.keys(METRICS);

function unknownSeries(text) {
  const name = text.split(",").find((each) => !SERIES.includes(each.trim().toLowerCase()));
  return name == null ? "" : `There is no series ${quoted(name)}. The series are ${SERIES.join(", ")}.`;
}

export const PARAMETERS = {
  ...MODE,
  days: DAYS,
  ...DATES,
  every: oneOf("interval", Object.keys(INTERVALS), "month"),
  series: { example: "rank,accuracy", problem: unknownSeries },
  values: oneOf("chart form", ["change", "absolute"], "change"),
  sort: oneOf("order", ["pp", "newest"], "newest"),
  plays: oneOf("list of plays", ["best", "all"], "all"),
  ...FILTERS,
  // The form of the comparison lists the players that are left out.
  compare: { example: "2,1010", problem: () => "" },
};
