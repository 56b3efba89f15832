// The hiscores in the chart of pp: the best play of each beatmap, and if there are many, the highest ones of the window.

// The points of a wide chart that can be told apart. A shorter window has its own; 100 plays are 2 kB.
export const MAX_PLAYS = 250;
const NONE = [];

export class Plays {
  // `fetchPlays({from, to}, signal)` loads `nodes` and their `totalCount`.
  constructor(fetchPlays) {
    Object.assign(this, { fetchPlays, all: null, loaded: new Map() });
  }

  // The loaded plays of a window; the same list while they are the same.
  rows(window) {
    return this.all ?? this.loaded.get(keyOf(window)) ?? NONE;
  }

  async load({ from, to }, signal) {
    if (this.all || this.loaded.has(keyOf({ from, to }))) return;
    const { nodes, totalCount } = await this.fetchPlays({ from, to }, signal);
    const rows = nodes.map(chartPlay).filter(({ pp }) => pp > 0);
    this.loaded.set(keyOf({ from, to }), rows);
    if (from == null && to == null && totalCount === nodes.length) this.all = rows;
  }
}

// The addresses of beatmaps are not sent: they would take 2 kB.
const chartPlay = (play) => ({
  ...play,
  at: Date.parse(play.playedAt),
  beatmapUrl: `https://osu.ppy.sh/beatmaps/${play.beatmapId}`,
});

const keyOf = ({ from, to }) => `${from} ${to}`;
