"""Turn the answer to an update into a record: the upstream's least regular answer, so it has a file of its own."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from msgspec.structs import force_setattr

from gateway.errors import UpstreamInvalid
from gateway.records import Delta, Mode, NewPlay, Update

from .decode import GRADES, KNOWN_MOD_BITS, STATS_NAMES, Decoded, wire

# UTC, without saying so.
Date = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")]

NEW_PLAY_NAMES = {
    "mod_bits": "enabled_mods",
    "grade": "rank",
    "played_at": "date",
    "position": "ranking",
    "max_combo": "maxcombo",
    "count_300": "count300",
    "count_100": "count100",
    "count_50": "count50",
    "count_miss": "countmiss",
    "count_katu": "countkatu",
    "count_geki": "countgeki",
}

_Delta = wire(Delta, STATS_NAMES | {"ranks_gained": "pp_rank"})
_NewPlay = wire(NewPlay, NEW_PLAY_NAMES, played_at=Date, mod_bits=int)


class _Update(msgspec.Struct, frozen=True, gc=False):
    username: str = ""
    exists: bool = True
    first: bool = False
    levelup: bool = False
    newhs: list[msgspec.Raw] = []


_update = msgspec.json.Decoder(_Update, strict=False)
_delta = msgspec.json.Decoder(_Delta, strict=False)
_new_play = msgspec.json.Decoder(_NewPlay, strict=False)


def update(body: bytes, mode: Mode) -> Decoded[Update | None]:
    """`/update`: what changed; None if osu! knows no such user."""
    try:
        answer = _update.decode(body)
        if not answer.exists:
            return Decoded(None)
        delta = _delta.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise UpstreamInvalid(
            "osu!track's answer to the update can't be read. The update has probably been made: read the player again."
        ) from exc
    force_setattr(delta, "ranks_gained", -(delta.ranks_gained or 0))
    plays = _new_plays(answer.newhs, mode)
    made = Update(
        username=answer.username,
        first=answer.first,
        leveled_up=answer.levelup,
        delta=None if answer.first else delta,
        new_plays=plays,
    )
    return Decoded(made, len(answer.newhs) - len(plays))


def _new_plays(raws: list[msgspec.Raw], mode: Mode) -> tuple[NewPlay, ...]:
    plays = []
    for raw in raws:
        try:
            plays.append(_mended(_new_play.decode(raw), mode))
        except msgspec.DecodeError:
            continue
    return tuple(plays)


def _mended(play: NewPlay, mode: Mode) -> NewPlay:
    mended: dict[str, Any] = {
        "mode": mode,
        "grade": GRADES.get(play.grade or ""),
        "mod_bits": play.mod_bits & KNOWN_MOD_BITS,
        "played_at": f"{play.played_at[:10]}T{play.played_at[11:]}.000Z",
        "position": play.position + 1,
        "accuracy": accuracy(play, mode),
    }
    return msgspec.structs.replace(play, **mended)


def accuracy(play: NewPlay, mode: Mode) -> float:
    """Percent, 0 to 100, by the mode's formula from the hit counts; 0 for a play without hits."""
    n300, n100, n50, miss = play.count_300, play.count_100, play.count_50, play.count_miss
    katu, geki = play.count_katu, play.count_geki
    if mode is Mode.OSU:
        got, best = 300 * n300 + 100 * n100 + 50 * n50, 300 * (n300 + n100 + n50 + miss)
    elif mode is Mode.TAIKO:
        got, best = 2 * n300 + n100, 2 * (n300 + n100 + miss)
    elif mode is Mode.CATCH:
        got, best = n300 + n100 + n50, n300 + n100 + n50 + katu + miss
    else:
        got = 300 * (geki + n300) + 200 * katu + 100 * n100 + 50 * n50
        best = 300 * (geki + n300 + katu + n100 + n50 + miss)
    return 100 * got / best if best else 0.0
