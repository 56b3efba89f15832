// osu!track's rows in the form of the schema. They stay in memory, like the data of the gateway.

import { Pool } from "undici";

const MODES = ["OSU", "TAIKO", "CATCH", "MANIA"];
const DAY_MS = 86_400_000;

const pool = new Pool(process.env.UPSTREAM_URL, { connections: 100 });
const known = new Map();

// Returns rows in memory at once, otherwise a promise. osu!track has no batch requests, so the promise shared by
// all callers replaces a loader, without its turn of the event loop.
function read(path, convert) {
  if (!known.has(path)) known.set(path, load(path, convert));
  return known.get(path);
}

async function load(path, convert) {
  const { body } = await pool.request({ path, method: "GET" });
  const rows = convert(await body.json());
  known.set(path, rows);
  return rows;
}

function then(value, next) {
  return value instanceof Promise ? value.then(next) : next(value);
}

const player = ({ user, mode }) => `user=${user}&mode=${MODES.indexOf(mode)}`;

export function peak(stats) {
  return read(`/peak?${player(stats)}`, ([row]) => ({ globalRank: row.best_global_rank, accuracy: row.best_accuracy }));
}

export function snapshots(stats, window) {
  return then(read(`/stats_history?${player(stats)}`, (rows) => rows.map(snapshot)), (rows) =>
    window?.days ? rows.slice(firstSince(rows, new Date(Date.now() - window.days * DAY_MS).toISOString())) : rows,
  );
}

export function hiscores(stats, first) {
  return then(read(`/hiscores?${player(stats)}`, byPP), (rows) => ({ nodes: rows.slice(0, first) }));
}

export function bestPlays({ mode, window, first }) {
  const since = window?.between?.from ? `&from=${window.between.from}` : "";
  return then(read(`/bestplays?mode=${MODES.indexOf(mode)}&limit=${first}${since}`, byPP), (nodes) => ({ nodes }));
}

function firstSince(rows, at) {
  let low = 0;
  for (let high = rows.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (rows[middle].at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function byPP(rows) {
  return rows.map(play).sort((one, other) => other.pp - one.pp);
}

function play(row) {
  return {
    beatmapId: String(row.beatmap_id),
    score: row.score,
    pp: row.pp,
    grade: row.rank,
    playedAt: row.score_time,
    recordedAt: row.update_time,
    user: { id: String(row.user) },
    mods: { bits: row.mods },
  };
}

function snapshot(row) {
  return {
    at: row.timestamp,
    pp: row.pp_raw,
    globalRank: row.pp_rank,
    accuracy: row.accuracy,
    level: row.level,
    playCount: row.playcount,
    rankedScore: Number(row.ranked_score),
    totalScore: Number(row.total_score),
    count300: row.count300,
    count100: row.count100,
    count50: row.count50,
    countSS: row.count_rank_ss,
    countS: row.count_rank_s,
    countA: row.count_rank_a,
  };
}
