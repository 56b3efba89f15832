// The section of activity: links to the years in review, and, when the section comes near the viewport, its scripts and
// data. Visitors who do not scroll so far load neither.

import { byId, el } from "../shared/elements.js";
import { errorBox } from "../shared/error-box.js";
import { RequestError } from "../shared/graphql.js";
import { search } from "./view.js";

const MARGIN = "400px";
let observer = null;
let shownFor = null;

export function showActivityNearby(view, stats, signal) {
  showYears(view, stats);
  if (shownFor !== `${view.id} ${view.mode.name}`) showWaiting();
  shownFor = `${view.id} ${view.mode.name}`;
  observer?.disconnect();
  const current = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      current.disconnect();
      load(view, signal);
    },
    { rootMargin: MARGIN },
  );
  current.observe(byId("activity"));
  observer = current;
}

// Without the numbers of another mode.
function showWaiting() {
  byId("activity").setAttribute("aria-busy", "true");
  byId("activity-days").replaceChildren(el("p", { class: "loading" }, "Loading activity …"));
  byId("activity-months").replaceChildren();
}

async function load(view, signal) {
  try {
    const { showActivity } = await import("./activity.js");
    if (!signal.aborted) await showActivity(view, signal);
  } catch {
    const error = new RequestError("A script failed to load.");
    byId("activity-days").replaceChildren(errorBox(error, () => location.reload()));
  }
}

function showYears({ id, mode }, { earliest, latest }) {
  const [first, last] = [earliest, latest].map(({ at }) => new Date(at).getUTCFullYear());
  const years = Array.from({ length: last - first + 1 }, (_, index) => last - index);
  const links = years.map((year) => el("a", { href: `${id}/${year}${search({ mode })}` }, String(year)));
  byId("years").replaceChildren(el("span", { class: "muted" }, "Year in review: "), ...links);
}
