// The page of a player's year: reads the URL, loads the data, and fills the page.

import { gapsOf, playsByDay } from "../activity/days.js";
import { showHeatmap } from "../activity/heatmap.js";
import { monthTable } from "../activity/months.js";
import { wholeYear } from "../activity/periods.js";
import { displayName } from "../player/header.js";
import { listenToShare, setVersion } from "../player/share.js";
import { searchOf } from "../player/view.js";
import { segmentOf } from "../shared/address.js";
import { parameterProblems } from "../shared/parameter-problems.js";
import { announce, byId, el } from "../shared/elements.js";
import { errorBox } from "../shared/error-box.js";
import { lateName } from "../shared/late-name.js";
import { isStale, showNotices } from "../shared/notices.js";
import { Revalidation } from "../shared/revalidation.js";
import { listenToSearch } from "../shared/search-form.js";
import { DAY_MS } from "../shared/windows.js";
import { coveredText, notes } from "./about.js";
import { showEmpty, showInvalid } from "./empty.js";
import { showHeader, showYears } from "./header.js";
import { lines } from "./lines.js";
import { changesText, numbers, showBestPlay } from "./numbers.js";
import { bestPlays, firsts, firstsOf, hasPp, milestonesOf } from "./plays.js";
import { loadBestPlays, loadYear, yearLink } from "./query.js";
import { chartsHref, PARAMETERS, read } from "./view.js";

const SLOW_MS = 4000;
const SLOW = "osu!track is slow. All data of this player is being loaded; the page opens faster the next time.";
const STATES = ["loading", "load-error", "empty", "year-data"];
const view = read();
let shown = null; // the response on the page
const revalidation = new Revalidation(() => load({ background: true }));

function showState(...names) {
  for (const each of STATES) byId(each).hidden = !names.includes(each);
  byId("main").setAttribute("aria-busy", String(names.includes("loading")));
}

// Loads everything. `background` keeps the present content, also if the request fails.
async function load({ background = false } = {}) {
  if (!background) {
    revalidation.reset();
    showState("loading");
  }
  const slow = setTimeout(() => {
    byId("loading-message").textContent = SLOW;
    if (!background) announce(SLOW);
  }, SLOW_MS);
  try {
    show(await loadYear(view), background);
  } catch (error) {
    if (background) return showWarnings(shown);
    showState("load-error");
    byId("card-link").hidden = true;
    announce(""); // the box is an alert
    byId("load-error").replaceChildren(errorBox(error, () => load()));
  } finally {
    clearTimeout(slow);
  }
}

const showWarnings = ({ warnings }) =>
  showNotices(warnings, { isPending: revalidation.isPending, reload: () => load(), note: parameterProblems(location.search, PARAMETERS) });

function show(response, background) {
  const { user, stats, warnings } = response;
  if (isStale(warnings)) revalidation.schedule();
  showWarnings(response);
  const isSame = background && JSON.stringify(stats) === JSON.stringify(shown.stats);
  shown = response;
  if (isSame) return;
  const name = displayName(user, view.id);
  showHeader(view, name);
  if (response.isNameMissing) addName(response);
  byId("covered").textContent = coveredText(stats, view.year);
  const hasSnapshots = stats.snapshots.length > 0;
  byId("card-link").hidden = !hasSnapshots;
  if (!stats.tracked) {
    showState("empty");
    return showEmpty(view, name, stats);
  }
  setVersion([stats.latest.at]);
  showYears(view, stats);
  if (!hasSnapshots) showEmpty(view, name, stats);
  showState("year-data", ...(hasSnapshots ? [] : ["empty"]));
  showSections(stats, hasSnapshots);
  announce(`${view.year} of ${name} in ${view.mode.title} loaded.`);
}

// The rest of the page does not wait for the name.
async function addName(response) {
  const user = await lateName(view.id);
  if (user && shown === response) show({ ...response, user, isNameMissing: false }, false);
}

function showSections(stats, hasSnapshots) {
  const { from, to: end } = wholeYear(view.year);
  const to = Math.min(end, Date.now());
  const days = playsByDay(gapsOf(stats.days, stats.last, stats.next), from, to);
  const half = (Date.UTC(view.year, 6) - from) / DAY_MS;
  byId("numbers").replaceChildren(...numbers(stats, days, view));
  byId("changes").textContent = changesText(stats, view);
  byId("stats").hidden = !hasSnapshots;
  byId("progress-lines").replaceChildren(...lines(stats, { from, to: end }));
  byId("progress").hidden = !byId("progress-lines").childElementCount;
  byId("charts-link").href = chartsHref(view);
  byId("months").hidden = stats.months.length === 0;
  byId("activity").hidden = days.every(({ plays }) => plays == null);
  showHeatmap(byId("activity-days"), days, half);
  byId("activity-months").replaceChildren(monthTable(stats.months, to, view.mode));
  byId("about").replaceChildren(...notes(stats, view.year).map((text) => el("li", {}, text)));
  return showPlays(stats);
}

async function showPlays(stats) {
  const milestones = milestonesOf(stats.milestones, view.year);
  const show = (plays) => byId("milestones").replaceChildren(...firsts(plays, milestones));
  show([]);
  if (!hasPp(stats)) {
    byId("best-plays").replaceChildren(el("p", { class: "muted" }, "No pp recorded, so no hiscores are shown."));
  } else {
    try {
      const plays = await loadBestPlays(view);
      byId("best-plays").replaceChildren(bestPlays(plays, view.year));
      const [best] = plays.best.nodes;
      showBestPlay(best);
      // From now on, the card has the best play.
      setVersion([stats.latest.at], best?.playedAt);
      show(firstsOf(plays.firstPlays, view.year));
    } catch (error) {
      showBestPlay(undefined, "Not available");
      byId("best-plays").replaceChildren(errorBox(error, () => showPlays(stats)));
    }
  }
  byId("firsts").hidden = byId("milestones").childElementCount === 0;
  byId("best").setAttribute("aria-busy", "false");
}

listenToSearch((address) => `${segmentOf(address)}${searchOf(address, view)}`);
if (view.id && view.year) {
  showHeader(view, displayName({}, view.id));
  byId("query-link").href = yearLink(view);
  listenToShare();
  load();
} else showInvalid(view);
