// The page of an address that is neither an ID nor a name.

import { INVALID_ADDRESS } from "../shared/address.js";
import { problemOf } from "../shared/address-problems.js";
import { byId } from "../shared/elements.js";
import { showState } from "./states.js";

const MAX_SHOWN = 40;

export function showInvalidAddress(segment) {
  showState(null);
  byId("invalid-id").hidden = false;
  const problem = problemOf(segment);
  byId("invalid-id-problem").textContent = problem;
  byId("invalid-id-problem").hidden = problem === INVALID_ADDRESS;
  byId("invalid-id-rules").hidden = problem !== INVALID_ADDRESS;
  byId("invalid-id-value").textContent = segment.slice(0, MAX_SHOWN);
}
