// The tabs at the start: stored ones or the examples, and the query of the URL (#compare or ?query=…&variables=…).
const TAB_STATE = "graphiql:tabState";
const LINK = "link";

// The properties of GraphiQL for its tabs. GraphiQL selects the stored tab that equals `query` and `variables`, and adds
// one if there is none.
export function initialTabs(examples, storage) {
  const linked = isReloaded(storage) ? undefined : linkedTab(examples);
  storage.setItem(LINK, link());
  const stored = storedTabs(storage);
  const tabs = linked ? [linked, ...examples.filter((example) => example !== linked)] : examples;
  const active = linked ?? stored?.tabs[stored.activeTabIndex] ?? stored?.tabs[0] ?? tabs[0];
  return { query: active.query ?? "", variables: active.variables ?? "", defaultTabs: tabs };
}

// The address of a page with this query.
export function linkTo({ query, variables }) {
  const address = new URL(location.pathname, location);
  address.searchParams.set("query", query ?? "");
  if (variables?.trim()) address.searchParams.set("variables", variables);
  return address.href;
}

function link() {
  return location.search + location.hash;
}

// After a reload, or a return by the back button, the linked query has been opened already and may have been edited.
function isReloaded(storage) {
  const [entry] = performance.getEntriesByType("navigation");
  return entry?.type !== "navigate" && storage.getItem(LINK) === link();
}

function linkedTab(examples) {
  const parameters = new URLSearchParams(location.search);
  const query = parameters.get("query");
  if (query) return { query, variables: parameters.get("variables") ?? "" };
  return examples.find(({ name }) => `#${name}` === location.hash);
}

// Null if GraphiQL would not accept the value, so that it opens the examples.
function storedTabs(storage) {
  try {
    const state = JSON.parse(storage.getItem(TAB_STATE));
    if (state.tabs.length > 0 && state.tabs.every(isTab) && Number.isInteger(state.activeTabIndex)) return state;
  } catch {
    // Not written by GraphiQL.
  }
  storage.removeItem(TAB_STATE);
  return null;
}

function isTab(tab) {
  return [tab.query, tab.variables].every((text) => text === null || typeof text === "string");
}
