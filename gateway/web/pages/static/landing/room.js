// Runs before the first paint: room for the visitor's players in place of the introduction, so that nothing moves when
// they appear.

try {
  const players = JSON.parse(localStorage.getItem("players"));
  const own = localStorage.getItem("own-player");
  const { length } = players;
  const withStats = Math.min(5, players.filter(({ id, isPinned }) => isPinned || id === own).length);
  if (length > 0) {
    const { dataset, style } = document.documentElement;
    dataset.players = "";
    style.setProperty("--compared", Number(length > 1));
    for (const [columns, name] of [[1, ""], [2, "-in-pairs"]]) {
      style.setProperty(`--players${name}`, Math.ceil(length / columns));
      style.setProperty(`--stats${name}`, Math.ceil(withStats / columns));
    }
  }
} catch {
  // no players, or no storage
}
