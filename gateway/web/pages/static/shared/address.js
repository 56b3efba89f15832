// Addresses of players as people enter and link them: IDs, names, and URLs of osu!, osu!track and this site. The server
// parses the same texts in `player_addresses.py`.

const MAX_ID = 2 ** 31 - 1;
const NAME = /^[\w[\]-](?:[\w [\]-]{0,13}[\w[\]-])?$/;
const DIGITS = /^\d+$/;
const QUERY = /\?(.*)/s;
// The part of a URL before the player: `players` is the gateway's own word, on any host; avatars have their own host.
const KEYWORDS = new Set(["players", "player", "users", "user", "u", "a.ppy.sh"]);
// Hosts of osu! and osu!track; other servers have other players with the same IDs.
const HOSTS = /^(?:.+\.)?(?:ppy\.sh|ameobea\.me)(?::\d+)?$/i;
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
// In the order of their numbers.
const MODES = ["osu", "taiko", "catch", "mania"];

export const INVALID_ADDRESS =
  "Enter a player name, ID or profile URL, such as osu.ppy.sh/users/2. IDs go up to 2,147,483,647; a name of digits only starts with @.";

export function modeName(text) {
  const name = text?.trim().toLowerCase() ?? "";
  // `ctb` is osu!track's word.
  return ["fruits", "ctb"].includes(name) ? "catch" : MODES.includes(name) ? name : null;
}

// `{ id, name, mode }`: the ID or the name of a player, and the mode of the URL, if it has one. Null if the text has no
// player. Digits only are an ID.
export function parseAddress(text) {
  const [rawPath, rawQuery = ""] = unquoted(visible(text)).split("#")[0].split(QUERY);
  // The whole text may be encoded, with its query and fragment.
  const [path, query = rawQuery] = unquoted(decoded(rawPath)).split(QUERY);
  const address = path.trim();
  const segments = address.replace(SCHEME, "").split("/").map((part) => part.trim()).filter(Boolean);
  const start = segments.slice(0, -1).findIndex((part) => KEYWORDS.has(part.toLowerCase())) + 1;
  const [player = "", mode] = segments.slice(start);
  // osu!'s address of a lookup has no player.
  if (start && player.toLowerCase() === "lookup" && mode && !modeName(mode)) return null;
  if (!start && segments.length > 1 && !(segments.length === 2 && modeName(mode))) return null;
  if (start && segments[start - 1].toLowerCase() !== "players" && hasForeignHost(address, segments[0])) return null;
  return playerOf(player, modeName(mode) ?? modeOf(query) ?? modeOf(decoded(query)));
}

function playerOf(player, mode) {
  if (DIGITS.test(player)) return player[0] !== "0" && Number(player) <= MAX_ID ? { id: player, name: null, mode } : null;
  const name = player.replace(/^@/, "");
  return NAME.test(name) ? { id: null, name, mode } : null;
}

// `m` is the number of the mode in osu!'s old URLs.
export function modeOf(query) {
  const params = new URLSearchParams(query);
  return modeName(params.get("mode")) ?? MODES[/^[0-3]$/.exec(params.get("m")?.trim())?.[0]] ?? null;
}

// Copied text can contain invisible characters.
const visible = (text) => text.replace(/\p{Cf}/gu, "");

// An encoded `#` ends a segment only: what follows is no fragment for browsers.
const decoded = (text) => visible(decode(text)).replace(/#[^/?]*/g, "");

// A URL as chats quote it: `<https://...>` or `[text](https://...)`.
export function unquoted(text) {
  const inner = text.trim();
  const start = inner.lastIndexOf("](");
  if (inner[0] === "[" && start > 0 && inner.endsWith(")") && inner.includes("/", start)) return unquoted(inner.slice(start + 2, -1));
  return inner[0] === "<" && inner.endsWith(">") && inner.includes("/") ? inner.slice(1, -1) : inner;
}

function hasForeignHost(address, first) {
  const hasHost = SCHEME.test(address) || (address[0] !== "/" && /[.:]/.test(first));
  return hasHost && !HOSTS.test(first);
}

// The player as text for a field or a query string. A name of digits has an `@`, as in osu!'s URLs.
export const textOf = ({ id, name }) => id ?? (DIGITS.test(name) ? `@${name}` : name);

// The player as the last part of a path.
export const segmentOf = (address) => encodeURIComponent(textOf(address)).replace("%40", "@");

export const profileUrl = (name) => `https://osu.ppy.sh/users/${segmentOf({ id: null, name })}`;

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // malformed percent-encoding
  }
}
