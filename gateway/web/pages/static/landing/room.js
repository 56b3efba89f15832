// Runs before the first paint: room for the visitor's players, so that nothing moves when they appear.

try {
  const { length } = JSON.parse(localStorage.getItem("players"));
  if (length > 0) {
    document.documentElement.dataset.players = String(length);
    document.documentElement.style.setProperty("--players", length);
    document.documentElement.style.setProperty("--pairs", Math.ceil(length / 2));
  }
} catch {
  // no players, or no storage
}
