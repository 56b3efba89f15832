// The filters of the page: those by mods and grade, and a range of pp. In the address, in words, and for the query.

import { byId } from "../shared/elements.js";
import * as shared from "../shared/play-filters.js";

const NUMBER = /^\d{1,5}$/;
export const NO_FILTERS = { ...shared.NO_FILTERS, minpp: null, maxpp: null };

// The pp in a text, null without any.
const ppIn = (text) => (NUMBER.test(text?.trim() ?? "") ? Number(text) || null : null);

// A maximum below the minimum is ignored.
function range(min, max) {
  const [minpp, maxpp] = [ppIn(min), ppIn(max)];
  return { minpp, maxpp: maxpp != null && maxpp < (minpp ?? 0) ? null : maxpp };
}

export const readFilters = (params) => ({ ...shared.readFilters(params), ...range(params.get("minpp"), params.get("maxpp")) });

export const filterParams = ({ minpp, maxpp, ...filters }) => ({ ...shared.filterParams(filters), minpp, maxpp });

export function filterText({ minpp, maxpp, ...filters }) {
  return [shared.filterText(filters), ppText(minpp, maxpp)].filter(Boolean).join("; ");
}

function ppText(min, max) {
  if (min == null && max == null) return "";
  if (max == null) return `from ${min} pp`;
  return min == null ? `up to ${max} pp` : `${min} to ${max} pp`;
}

export function scoreFilter({ minpp, maxpp, ...filters }) {
  const pp = { ...(minpp != null && { ppAtLeast: minpp }), ...(maxpp != null && { ppAtMost: maxpp }) };
  const others = shared.scoreFilter(filters);
  return others || Object.keys(pp).length ? { ...others, ...pp } : null;
}

const problem = (name) => (text) => (ppIn(text) == null ? `“${name}” is a whole number of pp from 1 to 99999.` : "");

// The rules of the parameters in the address.
export const PP = {
  minpp: { example: "300", problem: problem("minpp") },
  maxpp: {
    example: "500",
    problem: (text, query) => {
      const params = new URLSearchParams(query);
      const isBelow = ppIn(text) != null && readFilters(params).maxpp == null;
      return isBelow ? "“maxpp” must not be less than “minpp”." : problem("maxpp")(text);
    },
  },
};

// `choose(change)` is called with the range in the fields.
export function listenToRange(choose) {
  for (const id of ["min-pp", "max-pp"]) {
    byId(id).addEventListener("change", () => choose(range(byId("min-pp").value, byId("max-pp").value)));
  }
}

export function showRange(view) {
  byId("min-pp").value = view.minpp ?? "";
  byId("max-pp").value = view.maxpp ?? "";
  byId("filters-text").textContent = filterText(view);
}
