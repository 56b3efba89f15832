// The landing page: how osu!track is doing, a query to try, snippets to copy, a way to a player's page.
import { endpoint, graphql } from "./shared/graphql.js";

const REFRESH_MS = 30_000;
const STATES = {
  UP: ["good", "Up", "answering"],
  DEGRADED: ["warn", "Degraded", "failing at times, or slow"],
  DOWN: ["bad", "Down", "only what is remembered is served"],
};
const byId = (id) => document.getElementById(id);

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function ago(instant) {
  const minutes = Math.round((Date.now() - Date.parse(instant)) / 60_000);
  const form = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (minutes < 1) return "just now";
  if (minutes < 60) return form.format(-minutes, "minute");
  return minutes < 1440
    ? form.format(-Math.round(minutes / 60), "hour")
    : form.format(-Math.round(minutes / 1440), "day");
}

// What is there already stays, so that nobody hears it read again.
function put(id, ...parts) {
  const place = byId(id);
  const text = parts.map((part) => part.textContent ?? part).join("");
  if (place.textContent !== text) place.replaceChildren(...parts);
}

async function refreshStatus() {
  try {
    const { data } = await graphql("{ status { upstream lastSuccessAt } rateLimit { limit remaining } }");
    showStatus(data);
  } catch (error) {
    put("status-upstream", element("span", "Unknown", "state"), element("small", error.message));
    for (const id of ["status-at", "status-points"]) put(id, "–");
  }
  byId("status").setAttribute("aria-busy", "false");
}

function showStatus({ status, rateLimit }) {
  const [className, name, meaning] = STATES[status.upstream];
  put("status-upstream", element("span", name, `state ${className}`), element("small", meaning));
  put("status-at", status.lastSuccessAt ? ago(status.lastSuccessAt) : "not yet");
  put("status-points", rateLimit.limit ? `${rateLimit.remaining} of ${rateLimit.limit}` : "no limit");
}

async function run() {
  const began = performance.now();
  byId("run").disabled = true;
  byId("try-status").textContent = "asking …";
  try {
    const { data, errors } = await graphql(byId("try-query").textContent);
    const ms = Math.max(1, Math.round(performance.now() - began));
    byId("try-response").textContent = JSON.stringify(errors ? { data, errors } : data, null, 2);
    byId("try-status").textContent = errors ? "answered in part" : `answered in ${ms} ms`;
  } catch (error) {
    byId("try-response").textContent = error.message;
    byId("try-status").textContent = "no answer";
  }
  byId("run").disabled = false;
  refreshStatus();
}

async function copy(button) {
  const code = byId(button.dataset.copy);
  const [label] = button.childNodes;
  label.data = (await copied(code)) ? "Copied" : "Select it, and press Ctrl-C";
  setTimeout(() => (label.data = "Copy"), 2000);
}

async function copied(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return true;
  } catch {
    // Only a page by HTTPS or from this machine has a clipboard; elsewhere there is the older way.
    getSelection().selectAllChildren(code);
    return document.execCommand("copy");
  }
}

// A number, or the address of a profile that has it.
function playerId(text) {
  return text.trim().match(/^(?:.*\/(?:users|u)\/)?([1-9]\d{0,9})(?:[/?#].*)?$/)?.[1];
}

function showPlayer(event) {
  event.preventDefault();
  const id = playerId(byId("player-id").value);
  if (id) {
    location.assign(new URL(`players/${id}`, location.href.replace(/[?#].*/, "")));
    return;
  }
  const hint = byId("player-hint");
  hint.textContent = "A number is needed, as in osu.ppy.sh/users/2: osu!track does not find players by name.";
  hint.className = "fine notice bad";
  byId("player-id").setAttribute("aria-invalid", "true");
  byId("player-id").focus();
}

for (const element of document.querySelectorAll("[data-endpoint]")) element.textContent = endpoint.href;
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
byId("run").hidden = false;
byId("run").addEventListener("click", run);
byId("player").hidden = false;
byId("player").addEventListener("submit", showPlayer);
refreshStatus();
setInterval(() => document.visibilityState === "visible" && refreshStatus(), REFRESH_MS);
