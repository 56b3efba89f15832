// Attributes that GraphiQL's elements lack for keyboards and screen readers.

export function improveAccess(container) {
  for (const change of [labelEditors, focusScrollAreas, separateTabs, labelHistory, placeMenu]) change(container);
  document.querySelector(".CodeMirror-hints")?.setAttribute("aria-label", "Completions");
}

// CodeMirror's text areas have no labels, and are created when they are first shown.
function labelEditors(container) {
  for (const area of container.querySelectorAll(".CodeMirror textarea:not([aria-label])")) {
    area.setAttribute("aria-label", editorName(area));
  }
}

// A text that is longer than its pane is scrolled by the arrow keys.
function focusScrollAreas(container) {
  for (const area of container.querySelectorAll('.CodeMirror-scroll[tabindex="-1"]')) {
    area.tabIndex = 0;
    area.setAttribute("role", "group");
    area.setAttribute("aria-label", `Text of ${editorName(area)}`);
  }
}

const editorName = (element) =>
  (element.closest("section[aria-label], .result-window") ?? element).getAttribute("aria-label") ?? "Editor";

// GraphiQL's tabs are list items with two buttons. Here, the first button is the tab, and the Delete key closes it.
function separateTabs(container) {
  for (const item of container.querySelectorAll(".graphiql-tab:is([role=tab], [aria-selected])")) {
    const [tab, close] = item.querySelectorAll("button");
    const isSelected = item.classList.contains("graphiql-tab-active");
    item.setAttribute("role", "presentation");
    item.removeAttribute("aria-selected");
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", String(isSelected));
    tab.setAttribute("aria-keyshortcuts", "Delete");
    tab.tabIndex = isSelected ? 0 : -1;
    close?.setAttribute("aria-hidden", "true");
    if (close) close.tabIndex = -1;
  }
}

// The names of the buttons in the history lack their texts.
function labelHistory(container) {
  for (const item of container.querySelectorAll('.graphiql-history-item-label[aria-label="Set active"]')) {
    item.setAttribute("aria-label", `Set active: ${item.textContent}`);
  }
}

// Radix hides the rest of the page from screen readers while a menu is open, but leaves it focusable. Only dialogs do that.
function placeMenu() {
  const place = document.querySelector("[role=menu]")?.closest("[data-radix-popper-content-wrapper]");
  if (!place) return;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", "Operations");
  for (const element of document.querySelectorAll("[data-aria-hidden][aria-hidden]")) element.removeAttribute("aria-hidden");
}

// The keys of tabs: arrows, Home and End move the focus, Enter selects, Delete closes.
export function listenToTabKeys(container) {
  container.addEventListener("keydown", (event) => {
    const tab = event.target.closest(".graphiql-tab-button");
    if (!tab || event.altKey || event.ctrlKey || event.metaKey) return;
    const tabs = tabsOf(container);
    const index = tabs.indexOf(tab);
    const targets = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: tabs.length - 1 };
    if (event.key in targets) tabs.at(targets[event.key] % tabs.length).focus();
    else if (event.key === "Delete") close(container, tab, index);
    else return;
    event.preventDefault();
  });
}

const tabsOf = (container) => [...container.querySelectorAll(".graphiql-tab-button")];

// The focus moves to the next tab, when GraphiQL has removed this one.
function close(container, tab, index) {
  tab.parentElement.querySelector(".graphiql-tab-close")?.click();
  setTimeout(() => tabsOf(container).slice(0, index + 1).at(-1)?.focus());
}
