// Reads pairs of schemas as JSON from stdin; prints the criticality levels of each pair's changes.
import { readFileSync } from "node:fs";
import { diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const pairs = JSON.parse(readFileSync(0, "utf8"));
const levels = await Promise.all(
  pairs.map(async ([before, after]) => {
    const changes = await diff(buildSchema(before), buildSchema(after));
    return changes.map(({ criticality, message }) => [criticality.level, message]);
  }),
);
console.log(JSON.stringify(levels));
