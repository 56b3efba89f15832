"""Updates of players: the new snapshot and plays, and the response of `POST /update`.

The rules follow docs/osutrack.md, "Update" and "How data changes"; the growth of players is invented.
"""

from __future__ import annotations

import math
from random import Random

from msgspec.structs import asdict, replace

from gateway.sandbox import players
from gateway.sandbox.database import Database
from gateway.sandbox.rows import Play, Snapshot, format_timestamp, number
from gateway.sandbox.snapshots import generate_snapshots, level_of

UpdateResponse = dict[str, object]

_EMPTY_SNAPSHOT = Snapshot(0, 0, 0, 0, "0", "0", 0, 0, 0, 0, 0, 0, 0, "")
_FIRST_PLAYS = 12
_LATER_PLAYS = 2
_TOP_PLAYS = 100


def exists_on_osu(database: Database, user: int) -> bool:
    """Whether osu! knows this player, tracked or not."""
    return user in database.players or user in players.UNTRACKED_NAMES


def update_player(
    database: Database, user: int, mode: int, *, at_s: int | None = None, changed: bool | None = None
) -> UpdateResponse:
    """Update a player that exists on osu!, and return the body of `POST /update`.

    The time is now by default. Without `changed`, the ID decides whether osu! reports a change.
    """
    database.start_tracking(user)
    at_s = database.now_s() if at_s is None else at_s
    rows = database.snapshots(user, mode)
    changed = not rows or (user % 3 != 0 if changed is None else changed)
    seed_key = f"update {len(rows)} {len(database.plays(user, mode))}"
    before = rows[-1] if rows else None
    after = (
        _grown(rows, user, at_s, database.rng(user, mode, seed_key))
        if changed
        else replace(rows[-1], timestamp=format_timestamp(at_s))
    )
    database.replace_snapshots(user, mode, _with_snapshot(rows, after))
    plays = _new_plays(database, user, mode, seed_key, at_s) if changed else []
    # As recorded from osu!track: the mode is text if anything has changed, otherwise a number.
    header = {"username": database.players[user].username, "mode": str(mode) if changed else mode}
    return header | _difference(before, after) | {"newhs": _new_hiscores(plays, user)}


def _with_snapshot(rows: list[Snapshot], new: Snapshot) -> list[Snapshot]:
    """The history after an update.

    Unranked snapshots are not stored. If the last two rows equal the new one, the newest row only moves to now: the
    history is not append-only.
    """
    if new.pp_rank == 0:
        return rows
    equal = len(rows) > 1 and all(replace(row, timestamp=new.timestamp) == new for row in rows[-2:])
    return [*(rows[:-1] if equal else rows), new]


def _grown(rows: list[Snapshot], user: int, at_s: int, rng: Random) -> Snapshot:
    at = format_timestamp(at_s)
    if not rows:
        return replace(generate_snapshots(1, user=user, until_s=at_s, rng=rng)[0], timestamp=at)
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
        level=max(last.level, level_of(total, at)),
        pp_raw=number(last.pp_raw + rng.randrange(1, 9_000) / 1_000),
        accuracy=last.accuracy + rng.uniform(-0.003, 0.003),
        count_rank_ss=last.count_rank_ss,
        count_rank_s=last.count_rank_s + played // 20,
        count_rank_a=last.count_rank_a + played // 15,
        timestamp=at,
    )


def _new_plays(database: Database, user: int, mode: int, seed_key: str, at_s: int) -> list[Play]:
    count = _LATER_PLAYS if database.plays(user, mode) else _FIRST_PLAYS
    plays = database.play_generator(user, mode, seed_key, until_s=at_s).generate_recent(count)
    database.add_plays(user, mode, plays)
    return plays


def _difference(before: Snapshot | None, after: Snapshot) -> UpdateResponse:
    """The changes between two snapshots; the absolute values if there is none before."""
    old, new = asdict(before or _EMPTY_SNAPSHOT), asdict(after)
    floats = {name: number(float(new[name]) - float(old[name])) for name in _FLOAT_FIELDS}
    integers = {name: int(new[name]) - int(old[name]) for name in _FIELD_ORDER if name not in _FLOAT_FIELDS}
    values = floats | integers
    difference: UpdateResponse = {name: values[name] for name in _FIELD_ORDER}
    return difference | {
        "levelup": before is not None and math.floor(after.level) > math.floor(before.level),
        "first": before is None,
        "exists": True,
    }


_FIELD_ORDER = (
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
_FLOAT_FIELDS = ("pp_raw", "accuracy", "level")


def _new_hiscores(plays: list[Play], user: int) -> list[UpdateResponse]:
    """The `newhs` list: the new plays, best first, with positions spread over the player's top plays."""
    step = _TOP_PLAYS / len(plays) if plays else 0
    return [_new_hiscore(play, index, user) | {"ranking": int(index * step)} for index, play in enumerate(plays)]


def _new_hiscore(play: Play, index: int, user: int) -> UpdateResponse:
    """A play as in version 1 of osu!'s API: every value is text.

    Every third row lacks the fields added later, as in old recordings.
    """
    hits = 200 + play.score % 900
    row: UpdateResponse = {
        "beatmap_id": str(play.beatmap_id),
        "score_id": str(4_000_000_000 + play.score * 7),
        "score": str(play.score),
        "maxcombo": str(hits + play.beatmap_id % 400),
        "count50": str(play.beatmap_id % 4),
        "count100": str(play.score % 37),
        "count300": str(hits),
        "countmiss": str(play.score % 4),
        "countkatu": str(play.score % 19),
        "countgeki": str(hits // 4),
        "perfect": str(play.score % 2),
        "enabled_mods": str(play.mods),
        "is_classic": str(int(play.score >= 1_000_000)),
        "user_id": str(user),
        "date": play.score_time[:19].replace("T", " "),
        "rank": play.rank,
        "pp": str(play.pp),
        "replay_available": str(play.beatmap_id % 2),
    }
    omitted = _LATER_FIELDS if index % 3 == 2 else set()
    return {name: value for name, value in row.items() if name not in omitted}


_LATER_FIELDS = {"score_id", "replay_available", "is_classic"}
