// The gateway serves data a little older than its freshness limit at once, and refreshes it in the background. The page
// asks for it once more when the refresh has probably ended.

import { responses } from "./graphql.js";

const DELAY_MS = 1500;

export class Revalidation {
  // `ask()` repeats the requests of the page.
  constructor(ask) {
    this.ask = ask;
    responses.addEventListener("revalidating", () => this.schedule());
  }

  // Starts a new view, which asks again once at most.
  reset() {
    clearTimeout(this.timer);
    this.state = "idle";
  }

  get isPending() {
    return this.state === "pending";
  }

  schedule() {
    if (this.state !== "idle") return;
    this.state = "pending";
    this.timer = setTimeout(() => {
      this.state = "done";
      this.ask();
    }, DELAY_MS);
  }
}
