import { endpoint } from "./ask.js";

const { GraphiQL, React, ReactDOM } = window;
const fetcher = GraphiQL.createFetcher({ url: endpoint.href });
ReactDOM.createRoot(document.getElementById("graphiql")).render(React.createElement(GraphiQL, { fetcher }));
