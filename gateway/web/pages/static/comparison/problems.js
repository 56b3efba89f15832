// Compared players without data: the reasons, as content of the table and as texts for screen readers.

import { profileUrl, segmentOf } from "../shared/address.js";
import { el, externalLink } from "../shared/elements.js";
import { errorBox, messageFor } from "../shared/error-box.js";

// The content for an entry that is not loaded. `hrefOf(address)` is the address of a player's page.
export function problem(entry, { hrefOf, retry }) {
  const { key, name, status, failure } = entry;
  if (status === "loading") return el("p", { class: "loading" }, "Loading …");
  if (status === "failed") return boxOf(failure, () => retry(key));
  if (status === "untracked") {
    const page = el("a", { href: hrefOf({ id: key }) }, "the player page");
    return notice(`${reasonFor(entry)} Start tracking on `, page, ".");
  }
  const profile = externalLink(profileUrl(name), profileUrl(name).replace("https://", ""));
  const plays = el("a", { href: segmentOf({ id: null, name }) }, "Plays by name");
  return notice(`${reasonFor(entry)} Open `, profile, ": its final address contains the number. Add that. ", plays);
}

// The same box for the same failure: its countdown and its details stay when the table is drawn anew.
export const boxOf = (failure, retry, options) => (failure.box ??= errorBox(failure.error, retry, options));

const notice = (...content) => el("p", { class: "notice warn" }, content);

function reasonFor({ name, status, failure }) {
  if (status === "failed") return `${name}: ${messageFor(failure.error)[0]}.`;
  if (status === "untracked") return `osu!track has no snapshots of ${name} in this mode.`;
  if (status === "missing") return `osu! has no player with the name “${name}”.`;
  return `The player ID of “${name}” is not known here.`;
}

export const announcement = (entry) => (entry.status === "loaded" ? `${entry.name} added to the comparison.` : reasonFor(entry));

const REASONS = {
  invalid: "neither a name nor an ID",
  own: "the player of this page",
  duplicate: "already in the list",
  missing: "osu! has no player with this name",
  limit: "more than five players",
};
const MAX_TEXTS = 3;

// The players of a pasted address that are not compared, by reason.
export function leftOutText(leftOut) {
  const parts = Object.entries(REASONS).flatMap(([reason, text]) => {
    const texts = leftOut.filter((each) => each.reason === reason).map((each) => `“${each.text.slice(0, 40)}”`);
    if (!texts.length) return [];
    const others = texts.length > MAX_TEXTS ? ` and ${texts.length - MAX_TEXTS} more` : "";
    return [`${texts.slice(0, MAX_TEXTS).join(", ")}${others} (${text})`];
  });
  return `Left out of the comparison: ${parts.join("; ")}.`;
}
