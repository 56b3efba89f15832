// The module of the boxes below the Update button, which few visits need.

import { RequestError } from "../shared/graphql.js";

export const loadBoxes = () =>
  import("./update-boxes.js").catch(() => {
    throw new RequestError("A script failed to load.", { code: "NETWORK" });
  });
