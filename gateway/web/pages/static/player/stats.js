// The stats of the player: the parts of the page that show values only.

import { byId } from "../shared/elements.js";
import { errorBox } from "../shared/error-box.js";
import { showGains } from "./gains.js";
import { showPeak, showSummary } from "./summary.js";

// The peak can fail alone; then `retry` loads it.
export function showStats({ stats, failures }, retry) {
  showSummary(stats);
  showGains(stats);
  if (failures.peak) byId("peak").replaceChildren(errorBox(failures.peak, retry));
  else showPeak(stats.peak);
}
