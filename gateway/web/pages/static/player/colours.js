// The colours of site.css as computed values, for drawing on a canvas.

const PLAYERS = ["--accent", "--accent-2"];

export function readColours() {
  const players = PLAYERS.map(computed);
  const [red, green, blue] = players[0].match(/[\d.]+/g);
  return {
    players,
    fill: [`rgba(${red}, ${green}, ${blue}, 0.28)`, `rgba(${red}, ${green}, ${blue}, 0.02)`],
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
