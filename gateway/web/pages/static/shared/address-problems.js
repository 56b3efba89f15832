// Reasons for which a text has no player, as sentences for a search field.

import { INVALID_ADDRESS, unquoted } from "./address.js";

const URL_PARTS = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/\s?#]+\.[^/\s?#]+)([^?#]*)/i;
const KNOWN_HOSTS = /(^|\.)(ppy\.sh|ameobea\.me)(:\d+)?$/i;
const BEATMAP = /^\/*(beatmapsets|beatmaps|b|s|p\/beatmap)(\/|$)/i;
// The start of an address of a player that has a fault, and pages of osu! without a host.
const PLAYER = /^\/*(players?|users?|u)\/+(?!lookup\/)./i;
const OTHER_PAGE = /^\/*(home|scores|community|forum|rankings|users\/lookup|wiki|news)\//i;
const LONG_NAME = /^@?[\w [\]-]{16,}$/;
const DIGITS = /^\d+$/;

const TOO_LONG = "osu! names have at most 15 characters.";
const OF_BEATMAP = "This is the address of a beatmap. Enter that of a player, such as osu.ppy.sh/users/2.";
const OF_NO_PLAYER = "This is not a player’s address. Enter one such as osu.ppy.sh/users/2.";
const OF_OTHER_SERVER = "This address is of another server. osu!track knows the players of osu.ppy.sh only.";

// The reason for a text that `parseAddress` does not understand.
export function problemOf(text) {
  const trimmed = unquoted(text);
  const [, host = "", path = trimmed] = URL_PARTS.exec(trimmed) ?? [];
  if (BEATMAP.test(host ? path : `/${path}`) && (!host || KNOWN_HOSTS.test(host))) return OF_BEATMAP;
  if (host && path && !KNOWN_HOSTS.test(host)) return OF_OTHER_SERVER;
  if (host && path ? !PLAYER.test(path) : OTHER_PAGE.test(trimmed)) return OF_NO_PLAYER;
  return LONG_NAME.test(trimmed) && !DIGITS.test(trimmed) ? TOO_LONG : INVALID_ADDRESS;
}
