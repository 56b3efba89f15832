// Runs before the first paint: room for the visitor's players, so that nothing moves when they appear.

try {
  const players = JSON.parse(localStorage.getItem("players"));
  const own = localStorage.getItem("own-player");
  const { length } = players;
  const withStats = Math.min(5, players.filter(({ id, isPinned }) => isPinned || id === own).length);
  if (length > 0) {
    document.documentElement.dataset.players = String(length);
    document.documentElement.style.setProperty("--players", length);
    document.documentElement.style.setProperty("--stats", withStats);
  }
} catch {
  // no players, or no storage
}
