// The player page: shows the player in the address, and follows its changes.

import { byId, el } from "../shared/elements.js";
import { findPlayer } from "../shared/names.js";
import { forgetRecent } from "../shared/my-players.js";
import { listenToSearch } from "../shared/search-form.js";
import { hrefOf, navigate, readAddress, view } from "./navigation.js";
import { listenToForm, showForm } from "./compare-form.js";
import { Content } from "./content.js";
import { displayName, listenToModes, showAddress, showIdentity, showYearLink } from "./header.js";
import { showReworks } from "./mark-key.js";
import { listenToCompareOwn, listenToOwn, showOwn } from "./own-button.js";
import { listenToPin, preparePin } from "./pin.js";
import { profileLink } from "./queries.js";
import { listenToShare } from "./share.js";
import { showState } from "./states.js";
import { listenToPlays } from "./untracked.js";
import { search } from "./view.js";

const content = new Content({ onFallback: start, onMissing: showMissing });

function start() {
  content.clear();
  showAddress(view);
  byId("name-page").hidden = true;
  if (view.name) return resolveName();
  if (!view.id) return import("./invalid-address.js").then((page) => page.showInvalidAddress(view.segment));
  showIdentity(view.id, displayName({}, view.id));
  byId("about").replaceChildren(el("span", {}, "\u00a0"));
  byId("player-header").hidden = false;
  preparePin(view.id);
  content.update.show(view.id, view.mode);
  showReworks(view.mode);
  byId("card-link").hidden = false;
  showYearLink(view, Date.now());
  byId("query-link").href = profileLink(view);
  return content.load();
}

// The address gets the ID, once it is known.
async function resolveName() {
  const { name } = view;
  byId("player-header").hidden = true;
  showState("loading");
  byId("loading-message").textContent = `Looking up the player “${name}” …`;
  const found = await findPlayer(name).catch((error) => ({ error, retry: resolveName }));
  if (view.name !== name) return;
  if (found.id && view.year) return location.replace(`${found.id}/${view.year}${search({ ...view, year: null })}`);
  if (found.id) {
    navigate({ id: found.id, name: null, segment: found.id }, { replace: true });
    return start();
  }
  showState(null);
  // Few visits need these modules.
  (await import("./name-page.js")).showNamePage(view, found);
}

async function showMissing() {
  forgetRecent(view.id);
  (await import("./name-page.js")).showMissingPlayer(view);
}

function followAddress() {
  const previous = readAddress();
  if (view.segment !== previous.segment || view.mode !== previous.mode || !content.loaded) start();
  else if (content.loaded.series) {
    content.draw();
    content.compare();
  }
  content.hiscores.follow();
  showAddress(view);
}

listenToPlays(() => content.hiscores.show(view.id, view.mode, "untracked"));
listenToModes((mode) => {
  navigate({ mode, isModeChosen: true, isFallback: false });
  start();
  byId("modes").querySelector("[aria-current]").focus();
});
listenToSearch(hrefOf);
listenToShare({ hasRanges: true });
listenToPin();
listenToForm(() => view, content.addCompared);
listenToOwn(() => view.id, () => {
  showOwn(view.id);
  showForm(view, content.addCompared);
});
listenToCompareOwn(content.addCompared);
addEventListener("popstate", followAddress);
start();
