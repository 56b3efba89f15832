// The URL of the page: player, year, mode.

import { wholeYear } from "../activity/periods.js";
import { MODES, search } from "../player/view.js";
import { parseAddress } from "../shared/address.js";
import { MODE } from "../shared/parameter-rules.js";

// osu! was released in September 2007.
export const FIRST_YEAR = 2007;

export const PARAMETERS = MODE;

// `id` is null if it is not one, `year` if it is not from 2007 to the present year.
export function read(location = window.location, now = Date.now()) {
  const [player, text] = location.pathname.match(/([^/]*)\/([^/]*)\/?$/).slice(1);
  const address = parseAddress(`/players/${player}${location.search}`);
  const mode = MODES.find(({ name }) => name === address?.mode) ?? MODES[0];
  const year = /^[1-9]\d{3}$/.test(text) ? Number(text) : NaN;
  const valid = year >= FIRST_YEAR && year <= new Date(now).getUTCFullYear();
  return { id: address?.id ?? null, player, mode, text, year: valid ? year : null };
}

export const hrefOf = ({ mode }, year) => `${year}${search({ mode })}`;
export const playerHref = ({ player, mode }) => `../${player}${search({ mode })}`;
// The charts of the year. They end today if the year is not over.
export const chartsHref = ({ player, mode, year }) => `../${player}${search({ mode, ...wholeYear(year) })}#progress`;
