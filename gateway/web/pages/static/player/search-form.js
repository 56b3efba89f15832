// The search field in the header of the page.

import { INVALID_ADDRESS, parseAddress } from "../shared/address.js";
import { byId } from "../shared/elements.js";

// `onChoose(address)` opens a player.
export function listenToSearch(onChoose) {
  const field = byId("player-search-id");
  field.addEventListener("input", () => field.setCustomValidity(""));
  byId("player-search").addEventListener("submit", (event) => {
    event.preventDefault();
    const address = parseAddress(field.value);
    field.setAttribute("aria-invalid", String(address === null));
    field.setCustomValidity(address ? "" : INVALID_ADDRESS);
    // The browser shows the message beside the field, and announces it.
    if (field.reportValidity()) onChoose(address);
  });
}
