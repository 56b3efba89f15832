// The visitor's players on the home page. The list needs no request.

import { button, byId, el, visuallyHidden } from "../shared/elements.js";
import { forget, myPlayers } from "../shared/my-players.js";

export function showMyPlayers() {
  const players = myPlayers();
  byId("my-players").hidden = players.length === 0;
  byId("my-players-list").replaceChildren(...players.map(item));
}

function item({ id, name, isPinned }) {
  const remove = button(["Remove", visuallyHidden(` ${name}`)], () => removePlayer(id), { class: "small" });
  return el(
    "li",
    { class: "card row space-between" },
    el("span", {}, el("a", { href: `players/${id}` }, name), isPinned && el("small", { class: "muted" }, " pinned")),
    remove,
  );
}

// The focus moves to the title, because the pressed button disappears.
function removePlayer(id) {
  forget(id);
  showMyPlayers();
  const title = byId("my-players").hidden ? byId("examples-title") : byId("my-players-title");
  title.tabIndex = -1;
  title.focus();
}
