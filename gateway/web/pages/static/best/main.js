// The page of best plays: reads the view from the URL, loads the plays, and shows them.

import { modeTitle, searchOf } from "../player/view.js";
import { segmentOf } from "../shared/address.js";
import { parameterProblems } from "../shared/parameter-problems.js";
import { listenToCopyLink } from "../shared/copy-link.js";
import { announce, button, byId, el, moveFocus } from "../shared/elements.js";
import { errorBox } from "../shared/error-box.js";
import { count } from "../shared/format.js";
import { isStale, showNotices } from "../shared/notices.js";
import { nextPageSize } from "../shared/page-sizes.js";
import { queryLink } from "../shared/query-link.js";
import { Revalidation } from "../shared/revalidation.js";
import { listenToSearch } from "../shared/search-form.js";
import { listen, showControls } from "./controls.js";
import { filterText, NO_FILTERS } from "./filters.js";
import { showNames } from "./names.js";
import { BEST_PLAYS, bestPlays, variables } from "./query.js";
import { putRows, shownRows } from "./table.js";
import { PAGE_SIZE, PARAMETERS, PERIODS, periodText, read, readDays, search } from "./view.js";

const SLOW_MS = 4000;
const LOADING = "Loading osu!track data …";
const SLOW = "osu!track is slow. The list takes a moment, and opens at once the next time.";
const STATES = ["loading", "load-error", "empty", "plays-table"];

let view = read();
let controller = new AbortController();
let isBusy = false;
let warnings = [];
const revalidation = new Revalidation(() => isBusy || refresh());

function showState(name) {
  for (const each of STATES) byId(each).hidden = each !== name;
}

function choose(change) {
  view = { ...view, shown: PAGE_SIZE, ...change };
  history.pushState(null, "", location.pathname + search(view));
  start();
}

// Loads the plays of the view. The present ones stay visible meanwhile, unless osu!track is slow.
async function load() {
  const signal = begin();
  if (byId("plays-table").hidden) showLoading(LOADING);
  const slow = setTimeout(showSlow, SLOW_MS);
  signal.addEventListener("abort", () => clearTimeout(slow));
  try {
    const page = await bestPlays(view, { first: view.shown }, signal);
    if (!signal.aborted) show(page);
  } catch (error) {
    if (!signal.aborted) showError(error);
  }
  clearTimeout(slow);
  if (!signal.aborted) setBusy(false);
}

async function loadMore(first, after) {
  const signal = begin();
  try {
    const page = await bestPlays(view, { first, after }, signal);
    if (!signal.aborted) showMore(page);
  } catch (error) {
    if (signal.aborted) return;
    byId("more").replaceChildren(errorBox(error, () => loadMore(first, after)));
  }
  if (!signal.aborted) setBusy(false);
}

// Asks for the shown plays again. They stay if the request fails.
async function refresh() {
  const { signal } = controller;
  const page = await bestPlays(view, { first: Math.max(view.shown, shownRows()) }, signal).catch(() => null);
  if (signal.aborted || isBusy) return;
  if (page) {
    moveFocus(byId("plays"), byId("plays-table"));
    show(page, { isRefresh: true });
  } else showWarnings(warnings);
}

function begin() {
  controller.abort();
  controller = new AbortController();
  setBusy(true);
  return controller.signal;
}

function setBusy(value) {
  isBusy = value;
  for (const id of ["plays-section", "plays-table"]) byId(id).setAttribute("aria-busy", String(value));
}

function showLoading(text) {
  for (const id of ["load-error", "empty", "more"]) moveFocus(byId(id), byId("main"));
  showState("loading");
  for (const id of ["more", "notices"]) byId(id).replaceChildren();
  byId("loading").textContent = text;
}

function showSlow() {
  showLoading(SLOW);
  announce("osu!track is slow.");
}

function showError(error) {
  showState("load-error");
  announce(""); // the box is an alert
  for (const id of ["more", "notices"]) byId(id).replaceChildren();
  byId("load-error").replaceChildren(errorBox(error, load));
}

function show({ nodes, pageInfo, warnings: found, cost }, { isRefresh = false } = {}) {
  showWarnings(found);
  if (!isRefresh) showCost(cost);
  putRows(nodes, view, { append: false });
  showNames();
  if (!nodes.length) return showEmpty();
  showState("plays-table");
  showPaging(pageInfo);
  const text = byId("more").querySelector("span").textContent;
  if (!isRefresh) announce(`${byId("plays-title").textContent}: ${text}`);
}

function showWarnings(found) {
  warnings = found;
  if (isStale(warnings)) revalidation.schedule();
  showNotices(warnings, { isPending: revalidation.isPending, reload: load, note: parameterProblems(location.search, PARAMETERS) });
}

function showMore({ nodes, pageInfo, cost }) {
  showCost(cost);
  moveFocus(byId("more"), byId("plays-table"));
  const rows = putRows(nodes, view, { append: true });
  showNames();
  view = { ...view, shown: shownRows() };
  history.replaceState(null, "", location.pathname + search(view));
  showPaging(pageInfo);
  rows[0]?.querySelector("a").focus();
}

function showPaging({ hasNextPage, endCursor }) {
  const shown = shownRows();
  const more = nextPageSize(shown, PAGE_SIZE);
  const text = hasNextPage ? `The best ${count(shown)} plays.` : `All ${count(shown)} plays.`;
  byId("more").replaceChildren(
    el("span", { class: "muted text-small", role: "status" }, shown === 1 ? "One play." : text),
    ...(hasNextPage ? [button(`Show ${more} more`, () => loadMore(more, endCursor))] : []),
  );
}

// Offers the next longer period, and a view without filters.
function showEmpty() {
  showState("empty");
  byId("more").replaceChildren();
  const filters = filterText(view);
  const longer = PERIODS.find(([days]) => view.days != null && (readDays(days) ?? Infinity) > view.days);
  const text = filters ? "No play matches the filters." : "osu!track has recorded no plays.";
  const actions = [
    filters && button("Remove filters", () => choose(NO_FILTERS)),
    longer && button(`Show ${longer[1].toLowerCase()}`, () => choose({ days: readDays(longer[0]) })),
  ];
  byId("empty").replaceChildren(el("p", {}, text), el("p", { class: "row" }, ...actions.filter(Boolean)));
  announce(text);
}

function showCost(cost) {
  const points = cost?.charged ?? null;
  const text = points ? "Just loaded from osu!track." : "From a recent copy: osu!track was not asked.";
  byId("cost").textContent = points == null ? "" : text;
}

function start() {
  revalidation.reset();
  showControls(view);
  // As in the server's link previews (`best_view.py`).
  const title = [`Best plays ${periodText(view)}`, modeTitle(view.mode), filterText(view), "osutrack-gateway"];
  document.title = title.filter(Boolean).join(" · ");
  byId("plays-title").textContent = `${view.mode.title}, ${periodText(view).replace(/^of (the )?/, "")}`;
  byId("query-link").href = queryLink(BEST_PLAYS, variables(view, { first: view.shown }));
  return load();
}

listen(() => view, choose);
listenToCopyLink();
listenToSearch((address) => `${segmentOf(address)}${searchOf(address, view)}`);
addEventListener("popstate", () => {
  view = read();
  start();
});
start();
