// GraphiQL for this gateway, with a tab for each example. The example in the URL's fragment (#compare) comes first.
import { post, RequestError } from "./shared/graphql.js";

const container = document.getElementById("graphiql");
const { GraphiQL, React, ReactDOM } = window;

// GraphiQL's menus add an inline <style> that locks scrolling. The Content-Security-Policy refuses it, and this page
// does not need it: an inert <template> replaces it.
const createElement = document.createElement;
document.createElement = function (name, ...options) {
  return createElement.call(this, name === "style" ? "template" : name, ...options);
};

async function fetchFile(name) {
  const response = await fetch(new URL(name, import.meta.url));
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

// Returning visitors keep their stored tabs; the query of the URL opens beside them.
function initialTabs(examples) {
  const linked = queryFromURL() ?? examples.find(({ name }) => `#${name}` === location.hash);
  const active = linked ?? (hasStoredTabs() ? {} : examples[0]);
  const defaultTabs = linked ? [linked, ...examples.filter((example) => example !== linked)] : examples;
  return { query: active.query, variables: active.variables, defaultTabs };
}

function queryFromURL() {
  const parameters = new URLSearchParams(location.search);
  const query = parameters.get("query");
  return query ? { query, variables: parameters.get("variables") ?? "" } : undefined;
}

function hasStoredTabs() {
  try {
    return localStorage.getItem("graphiql:tabState") !== null;
  } catch {
    return false;
  }
}

function render(root, properties) {
  const theme = document.documentElement.dataset.theme;
  root.render(
    React.createElement(
      GraphiQL,
      {
        fetcher,
        forcedTheme: theme ?? "system",
        defaultEditorToolsVisibility: "variables",
        defaultQuery: "# Ctrl-Space completes, Ctrl-Enter runs the query.\n",
        shouldPersistHeaders: false,
        ...properties,
      },
      React.createElement(GraphiQL.Logo, null, " "),
    ),
  );
}

if (GraphiQL) {
  const properties = initialTabs(await loadExamples());
  const root = ReactDOM.createRoot(container);
  render(root, properties);
  document.documentElement.addEventListener("theme", () => render(root, properties));
  addEventListener("hashchange", () => location.reload());
} else {
  container.innerHTML =
    '<p class="page notice warn" role="alert">GraphiQL is not installed. ' +
    "Run <code>make serve</code> or <code>python hatch_build.py</code>.</p>";
}
