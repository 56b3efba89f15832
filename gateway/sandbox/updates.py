"""Updates of players: the new snapshot and plays, and the response of `POST /update`.

The rules follow docs/osutrack.md, "Update" and "How data changes"; the growth of players is invented.
"""

from __future__ import annotations

import math
from random import Random

from msgspec.structs import asdict, replace

from gateway.sandbox import players
from gateway.sandbox.database import Database
from gateway.sandbox.histories import first_snapshot
from gateway.sandbox.performance import TopPlays, total_pp, without_repeated_rows
from gateway.sandbox.plays import PlayFactory
from gateway.sandbox.ranks import level_of, rank_of
from gateway.sandbox.rows import Play, Snapshot, format_timestamp, number

UpdateResponse = dict[str, object]

_EMPTY_SNAPSHOT = Snapshot(0, 0, 0, 0, "0", "0", 0, 0, 0, 0, 0, 0, 0, "")
_FIRST_PLAYS = 12
_LATER_PLAYS = 2
# Of the pp of the best play.
_LEAST_SHARE = 0.65
# Of the grades below A.
_HITS_PER_HUNDRED = {"B": 4, "C": 2, "D": 1}


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
    rng = database.rng(user, mode, f"update {len(rows)} {len(database.plays(user, mode))}")
    before = rows[-1] if rows else None
    plays = _new_plays(database, user, mode, at_s, rng) if changed else []
    top = TopPlays(without_repeated_rows(database.plays(user, mode)))
    if not changed:
        after = replace(rows[-1], timestamp=format_timestamp(at_s))
    elif before is None:
        after = first_snapshot(user, mode, at_s=at_s, weighted_pp=top.weighted_pp, rng=rng)
    else:
        after = _grown(before, mode, at_s, top.weighted_pp, rng)
    database.replace_snapshots(user, mode, _with_snapshot(rows, after))
    # As recorded from osu!track: the mode is text if anything has changed, otherwise a number.
    header = {"username": database.players[user].username, "mode": str(mode) if changed else mode}
    newhs = [_new_hiscore(play, index, user) | {"ranking": top.position(play)} for index, play in enumerate(plays)]
    return header | _difference(before, after) | {"newhs": newhs}


def _with_snapshot(rows: list[Snapshot], new: Snapshot) -> list[Snapshot]:
    """The history after an update.

    Unranked snapshots are not stored. If the last two rows equal the new one, the newest row only moves to now: the
    history is not append-only.
    """
    if new.pp_rank == 0:
        return rows
    equal = len(rows) > 1 and all(replace(row, timestamp=new.timestamp) == new for row in rows[-2:])
    return [*(rows[:-1] if equal else rows), new]


def _grown(last: Snapshot, mode: int, at_s: int, weighted_pp: float, rng: Random) -> Snapshot:
    """The next snapshot, after 5 to 60 plays with the player's average hits and score."""
    at, played = format_timestamp(at_s), rng.randrange(5, 60)
    total = int(last.total_score) + int(last.total_score) // last.playcount * played
    pp = total_pp(weighted_pp, last.playcount + played)
    return Snapshot(
        count300=last.count300 + last.count300 // last.playcount * played,
        count100=last.count100 + last.count100 // last.playcount * played,
        count50=last.count50 + last.count50 // last.playcount * played,
        playcount=last.playcount + played,
        ranked_score=str(int(last.ranked_score) + int(last.ranked_score) // last.playcount * played),
        total_score=str(total),
        pp_rank=rank_of(pp, mode=mode, at_s=at_s) if last.pp_rank else 0,
        level=max(last.level, level_of(total, at)),
        pp_raw=number(round(pp, 3)),
        accuracy=min(100, round(last.accuracy + rng.uniform(-0.003, 0.003), 4)),
        count_rank_ss=last.count_rank_ss,
        count_rank_s=last.count_rank_s + played // 20,
        count_rank_a=last.count_rank_a + played // 15,
        timestamp=at,
    )


def _new_plays(database: Database, user: int, mode: int, at_s: int, rng: Random) -> list[Play]:
    """New hiscores: plays that enter the player's 100 best."""
    before = TopPlays(without_repeated_rows(database.plays(user, mode)))
    most_pp = before.highest_pp or rng.randrange(80, 400)
    plays = PlayFactory(mode, repeat_share=0, rng=rng).recent_plays(
        _LATER_PLAYS if before.highest_pp else _FIRST_PLAYS,
        now_s=at_s,
        least_pp=max(before.lowest_pp, _LEAST_SHARE * most_pp),
        most_pp=most_pp,
    )
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


def _faults(play: Play, hits: int) -> tuple[int, int, int, int]:
    """The 100s, 50s, misses and katu that fit the grade: SS is without any fault, S without misses."""
    if play.rank in ("X", "XH"):
        return 0, 0, 0, 0
    share = _HITS_PER_HUNDRED.get(play.rank)
    hundreds = hits // share if share else 1 + play.score % (hits // 20)
    misses = 0 if play.rank in ("S", "SH") else 1 + play.score % 4
    return hundreds, play.beatmap_id % 2, misses, play.score % 19


def _new_hiscore(play: Play, index: int, user: int) -> UpdateResponse:
    """A play as in version 1 of osu!'s API: every value is text.

    Every third row lacks the fields added later, as in old recordings.
    """
    hits = 200 + play.score % 900
    hundreds, fifties, misses, katu = _faults(play, hits)
    row: UpdateResponse = {
        "beatmap_id": str(play.beatmap_id),
        "score_id": str(4_000_000_000 + play.score * 7),
        "score": str(play.score),
        "maxcombo": str(hits + play.beatmap_id % 400),
        "count50": str(fifties),
        "count100": str(hundreds),
        "count300": str(hits),
        "countmiss": str(misses),
        "countkatu": str(katu),
        "countgeki": str(hits // 4),
        "perfect": str(int(misses == 0 and (hundreds == 0 or play.score % 2))),
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
