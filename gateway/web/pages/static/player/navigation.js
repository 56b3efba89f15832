// The view of the page and its address, which follow each other.

import { segmentOf } from "../shared/address.js";
import { NO_FILTERS } from "../shared/play-filters.js";
import { showAddress } from "./header.js";
import { MODES, modeNamed, read, search } from "./view.js";

export let view = read();

export function navigate(change, { replace = false } = {}) {
  view = { ...view, ...change };
  const path = location.pathname.replace(/[^/]*$/, segmentOf(view));
  history[replace ? "replaceState" : "pushState"](null, "", path + search(view));
  showAddress(view);
}

// Reads the address, which has changed. Returns the view before.
export function readAddress() {
  const previous = view;
  view = read();
  return previous;
}

// The page of another player: in the mode of the address, or else in the chosen one.
export function hrefOf(address) {
  const { isModeChosen, mode } = view.isFallback ? { mode: MODES[0] } : view;
  const chosen = address.mode ? { mode: modeNamed(address.mode), isModeChosen: true } : { mode, isModeChosen };
  return `${segmentOf(address)}${search({ ...view, ...chosen, ...NO_FILTERS, compare: [], from: null, to: null, year: null })}`;
}
