"""What an update does: fetches a player's new numbers, keeps them, and tells the difference.

The rules are those of A5 in our notes about osu!track; how much a player grows is invented.
"""

from __future__ import annotations

import math

from msgspec.structs import asdict, replace

from gateway.sandbox import players
from gateway.sandbox.database import Database
from gateway.sandbox.newhs import Answer, newhs
from gateway.sandbox.rows import Play, Snapshot, number
from gateway.sandbox.snapshots import generate_snapshots, level_of

_NOBODY = Snapshot(0, 0, 0, 0, "0", "0", 0, 0, 0, 0, 0, 0, 0, "")
_FIRST_PLAYS = 12


def exists_on_osu(database: Database, user: int) -> bool:
    """Whether osu! knows this player, tracked or not."""
    return user in database.players or user in players.UNTRACKED


def update(database: Database, user: int, mode: int) -> Answer:
    """Update a player that exists on osu!; the answer of `/update`."""
    database.start_tracking(user)
    rows = database.snapshots(user, mode)
    changes = not rows or user % 3 != 0
    seed_key = f"update {len(rows)} {len(database.plays(user, mode))}"
    before = rows[-1] if rows else None
    after = _grown(database, user, mode, seed_key) if changes else replace(rows[-1], timestamp=database.now_text())
    database.replace_snapshots(user, mode, _kept(rows, after))
    found = _found(database, user, mode, seed_key) if changes else []
    name = database.players[user].username
    answer = _difference(before, after) | {"newhs": newhs(found, user)}
    # The real one sends the mode as text when something has changed, and as a number when not.
    return {"username": name, "mode": str(mode) if changes else mode} | answer


def _kept(rows: list[Snapshot], after: Snapshot) -> list[Snapshot]:
    if after.pp_rank == 0:
        return rows
    same = len(rows) > 1 and all(replace(row, timestamp=after.timestamp) == after for row in rows[-2:])
    return [*(rows[:-1] if same else rows), after]


def _grown(database: Database, user: int, mode: int, seed_key: str) -> Snapshot:
    rng, rows, now_s = database.rng(user, mode, seed_key), database.snapshots(user, mode), database.now_s()
    if not rows:
        return replace(generate_snapshots(1, user=user, until_s=now_s, rng=rng)[0], timestamp=database.now_text())
    last, played = rows[-1], rng.randrange(5, 60)
    total = int(last.total_score) + played * 1_900_031
    return Snapshot(
        count300=last.count300 + played * 211,
        count100=last.count100 + played * 17,
        count50=last.count50 + played * 3,
        playcount=last.playcount + played,
        ranked_score=str(int(last.ranked_score) + played * 310_007),
        total_score=str(total),
        pp_rank=max(1, last.pp_rank - played // 3) if last.pp_rank else 0,
        level=max(last.level, level_of(total, database.now_text())),
        pp_raw=number(last.pp_raw + rng.randrange(1, 9_000) / 1_000),
        accuracy=last.accuracy + rng.uniform(-0.003, 0.003),
        count_rank_ss=last.count_rank_ss,
        count_rank_s=last.count_rank_s + played // 20,
        count_rank_a=last.count_rank_a + played // 15,
        timestamp=database.now_text(),
    )


def _found(database: Database, user: int, mode: int, seed_key: str) -> list[Play]:
    count = 2 if database.plays(user, mode) else _FIRST_PLAYS
    found = database.play_generator(user, mode, seed_key).generate_recent(count)
    database.add_plays(user, mode, found)
    return found


def _difference(before: Snapshot | None, after: Snapshot) -> Answer:
    old, new = asdict(before or _NOBODY), asdict(after)
    gained = {name: number(float(new[name]) - float(old[name])) for name in ("pp_raw", "accuracy", "level")}
    counted = {name: int(new[name]) - int(old[name]) for name in _COUNTED}
    values = gained | counted
    answer: Answer = {name: values[name] for name in _ORDER}
    return answer | {
        "levelup": before is not None and math.floor(after.level) > math.floor(before.level),
        "first": before is None,
        "exists": True,
    }


_ORDER = (
    "playcount",
    "pp_rank",
    "pp_raw",
    "accuracy",
    "total_score",
    "ranked_score",
    "count300",
    "count50",
    "count100",
    "level",
    "count_rank_a",
    "count_rank_s",
    "count_rank_ss",
)
_COUNTED = tuple(name for name in _ORDER if name not in {"pp_raw", "accuracy", "level"})
