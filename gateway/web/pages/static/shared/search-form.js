// Search fields: the one in the header of a page, and others with a form.

import { byId } from "./elements.js";
import { openFound, readSearch, suggestPlayers } from "./player-search.js";

export const listenToSearch = (hrefOf) => listenToForm(byId("player-search"), byId("player-search-id"), hrefOf);

// `hrefOf(address)` is the last part of the URL of a player's page, with a query string.
export function listenToForm(form, field, hrefOf) {
  suggestPlayers(field);
  field.addEventListener("input", () => field.setCustomValidity(""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const found = readSearch(field.value);
    field.setAttribute("aria-invalid", String(found.problem !== ""));
    field.setCustomValidity(found.problem);
    // The browser shows the message beside the field, and announces it.
    if (field.reportValidity()) openFound(found, hrefOf);
  });
}
