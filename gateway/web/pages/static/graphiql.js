// GraphiQL over this gateway: a tab for each example, the one first that the address names (#compare).
import { AskError, sent } from "./ask.js";

const place = document.getElementById("graphiql");
const { GraphiQL, React, ReactDOM } = window;

// Behind its menus GraphiQL keeps the page from scrolling by a style inside of it, which the policy refuses, and which
// this page does not need: it gets an element that nobody reads.
const create = document.createElement;
document.createElement = function (name, ...others) {
  return create.call(this, name === "style" ? "template" : name, ...others);
};

async function loaded(name) {
  const response = await fetch(new URL(name, import.meta.url));
  if (!response.ok) throw new Error(`${name}: status ${response.status}`);
  return response;
}

async function examplesAsTabs() {
  const examples = await (await loaded("examples.json")).json();
  return Promise.all(
    examples.map(async ({ name, variables }) => ({
      name,
      query: (await (await loaded(`examples/${name}.graphql`)).text()).trimEnd(),
      variables: JSON.stringify(variables, null, 2),
    })),
  );
}

// What can't be asked is shown where the answer would be, in the form of one.
async function fetcher({ query, variables, operationName }, { headers } = {}) {
  // GraphiQL takes a while to see that another operation stands there; who is faster would be sent the old one's name.
  const named = query.split(/\W+/).includes(operationName) ? { operationName } : {};
  try {
    return await sent({ query, variables, ...named }, { headers });
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    return { errors: [{ message: error.message }] };
  }
}

// Who has been here before finds their own tabs again; what the address asks for is opened beside them.
function opened(examples) {
  const wanted = fromAddress() ?? examples.find(({ name }) => `#${name}` === location.hash);
  const shown = wanted ?? (hasTabs() ? {} : examples[0]);
  const defaultTabs = wanted ? [wanted, ...examples.filter((example) => example !== wanted)] : examples;
  return { query: shown.query, variables: shown.variables, defaultTabs };
}

function fromAddress() {
  const parameters = new URLSearchParams(location.search);
  const query = parameters.get("query");
  return query ? { query, variables: parameters.get("variables") ?? "" } : undefined;
}

function hasTabs() {
  try {
    return localStorage.getItem("graphiql:tabState") !== null;
  } catch {
    return false;
  }
}

function show(root, properties) {
  const theme = document.documentElement.dataset.theme;
  root.render(
    React.createElement(
      GraphiQL,
      {
        fetcher,
        forcedTheme: theme ?? "system",
        defaultEditorToolsVisibility: "variables",
        defaultQuery: "# Ctrl-Space proposes what may stand here, Ctrl-Enter runs it.\n",
        shouldPersistHeaders: false,
        ...properties,
      },
      React.createElement(GraphiQL.Logo, null, " "),
    ),
  );
}

if (GraphiQL) {
  const properties = opened(await examplesAsTabs());
  const root = ReactDOM.createRoot(place);
  show(root, properties);
  document.documentElement.addEventListener("theme", () => show(root, properties));
  addEventListener("hashchange", () => location.reload());
} else {
  place.innerHTML =
    '<p class="page notice warn" role="alert">GraphiQL is not there: it is added when the gateway is installed. ' +
    "Run <code>make serve</code>, or <code>python hatch_build.py</code>.</p>";
}
