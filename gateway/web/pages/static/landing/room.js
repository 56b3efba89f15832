// Runs before the first paint: room for the visitor's players in place of the introduction, so that nothing moves when
// they appear.

try {
  const players = JSON.parse(localStorage.getItem("players"));
  const own = localStorage.getItem("own-player");
  const { length } = players;
  if (length > 0) {
    const { dataset, style } = document.documentElement;
    const hasOwn = players.some(({ id }) => id === own);
    dataset.players = "";
    style.setProperty("--compared", Number(length > 1));
    style.setProperty("--own", Number(hasOwn));
    style.setProperty("--others", length - hasOwn);
    style.setProperty("--has-others", Number(length > hasOwn));
  }
} catch {
  // no players, or no storage
}
