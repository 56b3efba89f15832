// GraphiQL for this gateway, with a tab for each example. The example in the URL's fragment (#compare) comes first.
import { improveAccess, listenToTabKeys } from "./graphiql/accessibility.js";
import { labelFields, openAtStart, queryBuilder } from "./graphiql/query-builder.js";
import { createStorage } from "./graphiql/storage.js";
import { focusNewTabs, showActiveTab } from "./graphiql/tab-strip.js";
import { initialTabs, linkTo } from "./graphiql/tabs.js";
import { post, RequestError, root } from "./shared/graphql.js";

const container = document.getElementById("graphiql");
const { GraphiQL, React, ReactDOM } = window;

// GraphiQL's menus add an inline <style> that locks scrolling. The Content-Security-Policy refuses it, and this page
// does not need it: an inert <template> replaces it.
const createElement = document.createElement;
document.createElement = function (name, ...options) {
  return createElement.call(this, name === "style" ? "template" : name, ...options);
};

async function fetchFile(name) {
  const response = await fetch(new URL(`static/${name}`, root));
  if (!response.ok) throw new Error(`${name}: status ${response.status}`);
  return response;
}

async function loadExamples() {
  const examples = await (await fetchFile("examples.json")).json();
  return Promise.all(
    examples.map(async ({ name, variables }) => ({
      name,
      query: (await (await fetchFile(`examples/${name}.graphql`)).text()).trimEnd(),
      variables: JSON.stringify(variables, null, 2),
    })),
  );
}

// Request errors are shown in the result pane, as a response.
async function fetcher({ query, variables, operationName }, { headers } = {}) {
  // GraphiQL detects operations with a delay, so `operationName` may be that of the previous text.
  const operation = query.split(/\W+/).includes(operationName) ? { operationName } : {};
  try {
    return await post({ query, variables, ...operation }, { headers });
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { errors: [{ message: error.message }] };
  }
}

// The link to the query in the editor, for sharing.
function updateLink(tab) {
  const anchor = document.getElementById("query-link");
  anchor.href = linkTo(tab);
  anchor.hidden = false;
}

async function copyLink(event) {
  const anchor = event.currentTarget;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(anchor.href);
    anchor.textContent = "Link copied";
  } catch {
    // Without access to the clipboard, the link is in the address bar.
    history.replaceState(null, "", anchor.href);
    anchor.textContent = "Link is in the address bar";
  }
  setTimeout(() => (anchor.textContent = "Copy link"), 2000);
}

const plugins = [queryBuilder(window)].filter(Boolean);

function render(root, properties) {
  const theme = document.documentElement.dataset.theme;
  root.render(
    React.createElement(
      GraphiQL,
      {
        fetcher,
        forcedTheme: theme ?? "system",
        defaultEditorToolsVisibility: "variables",
        // Empty: for a text without an operation, such as a comment, the query builder keeps that of the previous tab.
        defaultQuery: "\n",
        schemaDescription: true,
        shouldPersistHeaders: false,
        plugins,
        onTabChange: ({ tabs, activeTabIndex }) => updateLink(tabs[activeTabIndex]),
        ...properties,
      },
      React.createElement(GraphiQL.Logo, null, " "),
    ),
  );
}

if (GraphiQL) {
  const adapt = () => [improveAccess, labelFields, openAtStart, showActiveTab].forEach((change) => change(container));
  const changes = { childList: true, subtree: true, attributeFilter: ["aria-selected", "aria-hidden"] };
  new MutationObserver(adapt).observe(document.body, changes);
  listenToTabKeys(container);
  focusNewTabs(container);
  const storage = createStorage();
  const properties = { storage, ...initialTabs(await loadExamples(), storage) };
  updateLink(properties);
  document.getElementById("query-link").addEventListener("click", copyLink);
  const root = ReactDOM.createRoot(container);
  render(root, properties);
  document.documentElement.addEventListener("theme", () => render(root, properties));
  addEventListener("hashchange", () => location.reload());
} else {
  container.innerHTML =
    '<p class="page notice warn" role="alert">GraphiQL is not installed. ' +
    "Run <code>make serve</code> or <code>python hatch_build.py</code>.</p>";
}
