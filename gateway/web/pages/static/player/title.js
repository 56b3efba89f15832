// The title of the document: players, mode, upper series and window of the address. It is that of the server's link
// previews (`previews.py`), so that tabs, bookmarks and shared links have the same text.

import { parseAddress } from "../shared/address.js";
import { byId } from "../shared/elements.js";
import { titleName } from "../shared/names.js";
import { windowTitle } from "../shared/windows.js";
import { METRICS } from "./metrics.js";
import { modeTitle, read } from "./view.js";

// The names that the page has loaded, by ID.
const names = new Map();

export function setName(id, name) {
  names.set(id, name);
  showTitle();
}

// Until the player's name is loaded, the title is that of the server.
export function showTitle() {
  const view = read();
  const others = view.compare.map(parseAddress);
  showCompared(others, view.leftOut);
  if (!names.has(view.id)) return;
  const parts = [playersTitle(view, others), METRICS[upperSeries()]?.title, windowTitle(view), "osutrack-gateway"];
  document.title = parts.filter(Boolean).join(" · ");
  // The card has players with known IDs only.
  byId("card-link").dataset.title = playersTitle(view, others.filter(({ id }) => id));
}

// A line with a link to the comparison, which is below the player's own data.
function showCompared(others, leftOut) {
  const texts = [others.length && `vs ${others.map(nameOf).join(", ")}`, leftOut.length && `${leftOut.length} left out`];
  byId("compared").hidden = !others.length && !leftOut.length;
  byId("compared-names").textContent = texts.filter(Boolean).join(" · ");
}

function playersTitle({ id, mode }, others) {
  const versus = others.length ? ` vs ${others.map(nameOf).join(", ")}` : "";
  return `${titleName(names.get(id))}${versus} · ${modeTitle(mode)}`;
}

const nameOf = ({ id, name }) => (id ? names.get(id) ?? `ID ${id}` : name);

// The name of the series that the address chooses for the upper chart; undefined without one.
export function upperSeries() {
  const listed = (new URLSearchParams(location.search).get("series") ?? "").toLowerCase().split(",");
  return listed.find((name) => Object.hasOwn(METRICS, name));
}
