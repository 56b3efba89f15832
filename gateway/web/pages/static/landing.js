// The landing page: status of osu!track, a query to try, snippets to copy, and a form that opens a player page.

import { segmentOf } from "./shared/address.js";
import { byId, el } from "./shared/elements.js";
import { showMyPlayers } from "./landing/my-players.js";
import { ago } from "./shared/format.js";
import { endpoint, gql, graphql } from "./shared/graphql.js";
import { openFound, readSearch, suggestPlayers } from "./shared/player-search.js";
import { queryLink } from "./shared/query-link.js";
import { Revalidation } from "./shared/revalidation.js";

const STATUS = gql`
  query Status {
    status { upstream lastSuccessAt }
    rateLimit { limit remaining }
  }`;
const REFRESH_MS = 30_000;
const OUTAGES = {
  DEGRADED: "osu!track is slow or fails at times. Some data is older.",
  DOWN: "osu!track is down. Pages show older data.",
};
const STATES = {
  UP: ["good", "Up", "responding"],
  DEGRADED: ["warn", "Degraded", "slow or failing; new requests are tried"],
  DOWN: ["bad", "Down", "serving cached data only"],
};

// Unchanged content stays, so that screen readers do not announce it every 30 seconds.
function put(id, ...parts) {
  const target = byId(id);
  const text = parts.map((part) => part.textContent ?? part).join("");
  if (target.textContent !== text) target.replaceChildren(...parts);
}

async function refreshStatus() {
  try {
    const { data } = await graphql(STATUS);
    showStatus(data);
  } catch (error) {
    put("status-upstream", el("span", { class: "state" }, "Unknown"), el("small", {}, error.message));
    for (const id of ["status-at", "status-points"]) put(id, "–");
    showOutage(error.message);
  }
  byId("status").setAttribute("aria-busy", "false");
}

// For players, who do not read the part for developers. Empty if all is well.
function showOutage(text) {
  put("outage", ...(text ? [el("span", { class: "state warn" }, text)] : []));
}

function showStatus({ status, rateLimit }) {
  const [className, name, description] = STATES[status.upstream];
  put("status-upstream", el("span", { class: `state ${className}` }, name), el("small", {}, description));
  showOutage(OUTAGES[status.upstream]);
  put("status-at", status.lastSuccessAt ? ago(status.lastSuccessAt) : "none yet");
  put("status-points", rateLimit.limit ? `${rateLimit.remaining} of ${rateLimit.limit}` : "no limit");
}

const revalidation = new Revalidation(runQuery);

async function run() {
  revalidation.reset();
  await runQuery();
  refreshStatus();
}

async function runQuery() {
  const startedAt = performance.now();
  byId("run").disabled = true;
  byId("try-status").textContent = "Running …";
  try {
    const { data, errors } = await graphql(byId("try-query").textContent);
    const ms = Math.max(1, Math.round(performance.now() - startedAt));
    byId("try-response").textContent = JSON.stringify({ data, ...(errors && { errors }) }, null, 2);
    byId("try-status").textContent = errors ? "Partial response" : `Response in ${ms} ms`;
  } catch (error) {
    byId("try-response").textContent = error.message;
    byId("try-status").textContent = "Request failed";
  }
  byId("run").disabled = false;
}

async function copy(button) {
  const code = byId(button.dataset.copy);
  const [label] = button.childNodes;
  label.data = (await copyText(code)) ? "Copied" : "Press Ctrl-C to copy";
  setTimeout(() => (label.data = "Copy"), 2000);
}

async function copyText(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    // The Clipboard API needs HTTPS or localhost.
    getSelection().selectAllChildren(code);
    return document.execCommand("copy");
  }
}

function openPlayer(event) {
  event.preventDefault();
  const found = readSearch(byId("player-id").value);
  if (!found.problem) return openFound(found, (address) => `${segmentOf(address)}${address.mode ? `?mode=${address.mode}` : ""}`);
  const hint = byId("player-hint");
  hint.textContent = found.problem;
  hint.className = "text-small notice bad";
  byId("player-id").setAttribute("aria-invalid", "true");
  byId("player-id").focus();
}

for (const element of document.querySelectorAll("[data-endpoint]")) element.textContent = endpoint.href;
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(button));
}
byId("query-link").href = queryLink(STATUS);
byId("try-link").href = queryLink(byId("try-query").textContent);
byId("run").addEventListener("click", run);
byId("player").addEventListener("submit", openPlayer);
suggestPlayers(byId("player-id"));
showMyPlayers();
refreshStatus();
setInterval(() => document.visibilityState === "visible" && refreshStatus(), REFRESH_MS);
