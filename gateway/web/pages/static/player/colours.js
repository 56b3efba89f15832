// The colours of site.css and charts.css as computed values, for drawing on a canvas, and the lines of the players.

// In CSS pixels. The pattern distinguishes players without colours; charts.css has the same ones.
export const DASHES = [[], [7, 4], [3, 3], [11, 3, 2, 3], [20, 4]];

export function readColours() {
  const players = DASHES.map((_, slot) => computed(`--player-${slot}`));
  return {
    players,
    fill: [translucent(players[0], 0.28), translucent(players[0], 0.02)],
    flag: computed("--text"),
    play: computed("--warn"),
    rework: translucent(computed("--text-muted"), 0.2),
    muted: computed("--text-muted"),
    border: computed("--border"),
    surface: computed("--surface"),
  };
}

// A custom property may refer to others; the computed value of an element has a plain colour.
function computed(property) {
  const probe = document.createElement("span");
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function translucent(colour, alpha) {
  const [red, green, blue] = colour.match(/[\d.]+/g);
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}
