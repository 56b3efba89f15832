// The search field in the header of a page.

import { byId } from "./elements.js";
import { openFound, readSearch, suggestPlayers } from "./player-search.js";

// `hrefOf(address)` is the last part of the URL of a player's page, with a query string.
export function listenToSearch(hrefOf) {
  const field = byId("player-search-id");
  suggestPlayers(field);
  field.addEventListener("input", () => field.setCustomValidity(""));
  byId("player-search").addEventListener("submit", (event) => {
    event.preventDefault();
    const found = readSearch(field.value);
    field.setAttribute("aria-invalid", String(found.problem !== ""));
    field.setCustomValidity(found.problem);
    // The browser shows the message beside the field, and announces it.
    if (field.reportValidity()) openFound(found, hrefOf);
  });
}
