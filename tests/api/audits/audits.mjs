// Runs the audits of GraphQL over HTTP against the URL in the first argument, and prints the results as a JSON list.
import { serverAudits } from "graphql-http";

const audits = serverAudits({ url: process.argv[2], fetchFn: fetch });
const results = await Promise.all(audits.map((audit) => audit.fn()));
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
