"""`newhs`: the new hiscores of an update, in the words of the first osu! API, nearly all of them text."""

from __future__ import annotations

from gateway.sandbox.rows import Play

Answer = dict[str, object]

_OF_NEWER_ROWS = {"score_id", "replay_available", "is_classic"}


def newhs(found: list[Play], user: int) -> list[Answer]:
    """The plays, best first, spread over the best hundred.

    Every third is as rows were years ago, without the three names that came later.
    """
    step = 100 / len(found) if found else 0
    return [_newly(play, index, user) | {"ranking": int(index * step)} for index, play in enumerate(found)]


def _newly(play: Play, index: int, user: int) -> Answer:
    hits = 200 + play.score % 900
    told: Answer = {
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
    left_out = _OF_NEWER_ROWS if index % 3 == 2 else set()
    return {name: value for name, value in told.items() if name not in left_out}
