// The strip of tabs: scrolled to the active tab when another one is selected, or when a pane takes its space.
let strip = null;
let active = "";

export function showActiveTab(container) {
  const tab = container.querySelector(".graphiql-tab-active");
  if (!tab) return;
  if (tab.parentElement !== strip) {
    strip = tab.parentElement;
    new ResizeObserver(() => scroll(container)).observe(strip);
  }
  const state = `${tab.textContent} ${[...strip.children].indexOf(tab)}`;
  if (state !== active) scroll(container);
  active = state;
}

// The button "New tab" moves the focus to the empty editor, when GraphiQL has selected the tab.
export function focusNewTabs(container) {
  container.addEventListener("click", (event) => {
    if (!event.target.closest(".graphiql-tab-add")) return;
    setTimeout(() => container.querySelector(".graphiql-query-editor .CodeMirror").CodeMirror.focus());
  });
}

function scroll(container) {
  container.querySelector(".graphiql-tab-active")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
