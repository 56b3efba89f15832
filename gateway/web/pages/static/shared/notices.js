// Notices about the data below them: it is stale, or rows are missing.

import { button, byId, el, moveFocus } from "./elements.js";
import { duration } from "./format.js";

export const isStale = (warnings) => warnings.some(({ code }) => code === "STALE_DATA");

// One notice of each kind, with the highest value of its warnings. `isPending`: the page is about to ask again by
// itself, so that stale data is no problem yet. `note` is a text above them.
export function showNotices(warnings, { isPending, reload, note }) {
  const highest = (code, field) =>
    Math.max(0, ...warnings.filter((warning) => warning.code === code).map((warning) => warning[field]));
  const [age, rows] = [highest("STALE_DATA", "ageSeconds"), highest("ROWS_DROPPED", "rows")];
  const refreshed = !age && byId("notices").querySelector("[data-pending]");
  moveFocus(byId("notices"), byId("main"));
  byId("notices").replaceChildren(
    ...(note ? [notice("neutral", {}, note)] : []),
    ...(age ? [isPending ? pendingNotice(age) : staleNotice(age, reload)] : []),
    ...(refreshed ? [notice("good", {}, "The data has been refreshed.")] : []),
    ...(rows ? [droppedNotice(rows)] : []),
  );
}

export const notice = (kind, attributes, ...content) =>
  el("div", { class: `notice ${kind} row`, role: "status", ...attributes }, el("span", {}, content[0]), content.slice(1));

const pendingNotice = (age) =>
  notice(
    "neutral",
    { "data-code": "STALE_DATA", "data-pending": true },
    `This data is ${duration(age)} old. Waiting for osu!track …`,
  );

const staleNotice = (age, reload) =>
  notice(
    "warn",
    { "data-code": "STALE_DATA" },
    `This data is ${duration(age)} old. osu!track is slow or unavailable.`,
    button("Reload", reload, { class: "small" }),
  );

const droppedNotice = (rows) =>
  notice(
    "warn",
    { "data-code": "ROWS_DROPPED" },
    `${rows} invalid ${rows === 1 ? "row" : "rows"} from osu!track omitted.`,
  );
