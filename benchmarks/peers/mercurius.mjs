// Mercurius with graphql-jit. With RESPONSE_CACHE=1, complete responses are kept by request body.

import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";
import * as osutrack from "./osutrack.mjs";

const app = Fastify();
if (process.env.RESPONSE_CACHE) cacheResponses();

app.register(mercurius, {
  schema: readFileSync(new URL("schema.graphql", import.meta.url), "utf8"),
  jit: 1,
  // Our rows have the types of the schema.
  compilerOptions: { disableLeafSerialization: true, disablingCapturingStackErrors: true },
  resolvers: {
    Query: {
      user: (_, { id }) => ({ id }),
      bestPlays: (_, args) => osutrack.bestPlays(args),
    },
    User: { stats: (user, { mode }) => ({ user: user.id, mode }) },
    UserStats: {
      snapshots: (stats, { window }) => osutrack.snapshots(stats, window),
      peak: (stats) => osutrack.peak(stats),
      hiscores: (stats, { first }) => osutrack.hiscores(stats, first),
    },
  },
});
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });

// Mercurius has no response cache, so this is one of Fastify's hooks. A hit is sent before JSON is parsed.
function cacheResponses() {
  const stored = new Map();
  app.decorateRequest("key", null);
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    request.key = body;
    done(null, stored.has(body) ? null : JSON.parse(body));
  });
  app.addHook("preValidation", (request, reply, done) => {
    const response = stored.get(request.key);
    if (response === undefined) done();
    else reply.type("application/json; charset=utf-8").send(response);
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    if (request.key !== null && reply.statusCode === 200) stored.set(request.key, payload);
    done();
  });
}
