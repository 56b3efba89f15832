// Signals that abort requests.

// A signal that is aborted with the first of the given ones; undefined ones are ignored. AbortSignal.any() is missing in
// Safari 17.3, Firefox 123 and older.
export function anySignal(...signals) {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal?.aborted) controller.abort(signal.reason);
    signal?.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}
