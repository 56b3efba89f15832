// Activity of the last year.

import { gapsOf, playsByDay } from "../activity/days.js";
import { showHeatmap } from "../activity/heatmap.js";
import { monthTable } from "../activity/months.js";
import { between, lastYear } from "../activity/periods.js";
import { byId, el } from "../shared/elements.js";
import { errorBox } from "../shared/error-box.js";
import { gql } from "../shared/graphql.js";
import { read } from "../shared/request.js";

const ACTIVITY = gql`
  query Activity($id: ID!, $mode: GameMode!, $days: Window!, $months: Window!) {
    user(id: $id) { stats(mode: $mode) {
      days: gains(window: $days, every: DAY) { start { at } end { at } delta { playCount } }
      months: gains(window: $months, every: MONTH) { start { at } end { at } delta { playCount pp ranksGained } }
    } }
  }`;
const FIRST_HALF_DAYS = 26 * 7;
const PHONE = "(max-width: 40rem)";

// The history is cached by then: the query causes no request to osu!track.
export async function showActivity({ id, mode }, signal) {
  byId("activity").setAttribute("aria-busy", "true");
  try {
    const { from, to, firstMonth } = lastYear(Date.now());
    const variables = { days: between(from, to), months: between(firstMonth, to) };
    const { days, months } = await read(ACTIVITY, { id, mode: mode.value, ...variables }, signal);
    if (signal.aborted) return;
    showHeatmap(byId("activity-days"), playsByDay(gapsOf(days), from, to), FIRST_HALF_DAYS);
    byId("activity-months").replaceChildren(...(months.length ? [byMonth(monthTable(months, to, mode))] : []));
  } catch (error) {
    if (signal.aborted) return;
    byId("activity-days").replaceChildren(errorBox(error, () => showActivity({ id, mode }, signal)));
    byId("activity-months").replaceChildren();
  }
  byId("activity").setAttribute("aria-busy", "false");
}

// Long on phones: folded there.
const byMonth = (table) =>
  el("details", { class: "by-month", open: !matchMedia(PHONE).matches }, el("summary", {}, el("h3", {}, "By month")), table);
