"""The decoder for `/update`, the least regular of osu!track's responses (docs/osutrack.md, "Update")."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from msgspec.structs import force_setattr

from gateway.errors import UpstreamInvalid
from gateway.records import DECIMALS, INT32, MAX_USERNAME, Delta, Mode, NewHiscore, Update

from .decode import GRADES, KNOWN_MOD_BITS, STATS_NAMES, Fetched
from .row_decoder import UNREADABLE, are_timestamps, check_density, wire_type

# "2026-11-17 10:56:19", in UTC.
Date = Annotated[str, Meta(min_length=19, max_length=19)]
# Zero-based. A position beyond the range of records is as invalid as a negative one.
Ranking = Annotated[int, Meta(ge=0, lt=INT32)]
# Its sign is reversed.
RankChange = Annotated[int, Meta(ge=-INT32, le=INT32)] | None

NEW_HISCORE_NAMES = {
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

_Delta = wire_type(Delta, STATS_NAMES | {"ranks_gained": "pp_rank"}, ranks_gained=RankChange)
_NewHiscore = wire_type(NewHiscore, NEW_HISCORE_NAMES, played_at=Date, mod_bits=int, position=Ranking)


class _Update(msgspec.Struct, frozen=True, gc=False):
    """The fields of every response; each can be null."""

    username: str | None = None
    exists: bool | None = True
    first: bool | None = False
    levelup: bool | None = False
    newhs: list[msgspec.Raw] | None = None


_update = msgspec.json.Decoder(_Update, strict=False)
_delta = msgspec.json.Decoder(_Delta, strict=False)
_new_hiscore = msgspec.json.Decoder(_NewHiscore, strict=False)


def update(body: bytes, mode: Mode) -> Fetched[Update | None]:
    """The changes of an update; None if osu! knows no such user.

    `ranks_gained` is the difference of two numbers that are 0 for unranked: see `History.corrected`.
    """
    check_density(body)
    try:
        response = _update.decode(body)
        if response.exists is False:
            return Fetched(None)
        # In a first update the differences are the absolute values.
        delta = None if response.first else _delta.decode(body)
    except UNREADABLE as exc:
        raise UpstreamInvalid("osu!track's response to the update is invalid.") from exc
    if delta is not None:
        if delta.ranks_gained is not None:
            force_setattr(delta, "ranks_gained", -delta.ranks_gained)
        for name in ("pp", "accuracy", "level"):
            force_setattr(delta, name, round(getattr(delta, name), DECIMALS))
    username, raws = response.username or "", response.newhs or []
    plays = tuple(play for play in (_decode_new_hiscore(raw, mode) for raw in raws) if play)
    decoded = Update(
        username=username if len(username) <= MAX_USERNAME else "",
        first=bool(response.first),
        leveled_up=_leveled_up(delta, changed=bool(response.levelup)),
        delta=delta,
        new_hiscores=plays,
        dropped=len(raws) - len(plays),
    )
    return Fetched(decoded, decoded.dropped)


def _leveled_up(delta: Delta | None, *, changed: bool) -> bool:
    """Whether the level's integer part has increased; `changed` is also true if it has decreased."""
    return delta is not None and (delta.level >= 1 or (changed and delta.level > 0))


def _decode_new_hiscore(raw: msgspec.Raw, mode: Mode) -> NewHiscore | None:
    try:
        play = _new_hiscore.decode(raw)
    except UNREADABLE:
        return None
    played_at = f"{play.played_at[:10]}T{play.played_at[11:]}.000Z"
    return _repair(play, mode, played_at) if are_timestamps([played_at]) else None


def _repair(play: NewHiscore, mode: Mode, played_at: str) -> NewHiscore:
    repairs: dict[str, Any] = {
        "mode": mode,
        "grade": GRADES.get(play.grade or ""),
        "mod_bits": play.mod_bits & KNOWN_MOD_BITS,
        "played_at": played_at,
        "position": play.position + 1,
        "accuracy": accuracy(play, mode),
    }
    return msgspec.structs.replace(play, **repairs)


def accuracy(play: NewHiscore, mode: Mode) -> float:
    """The accuracy in percent, 0 to 100, by the mode's formula; 0 for a play without hits."""
    counts = (play.count_300, play.count_100, play.count_50, play.count_miss, play.count_katu, play.count_geki)
    # osu! sometimes returns negative counts.
    n300, n100, n50, miss, katu, geki = (max(0, count) for count in counts)
    if mode is Mode.OSU:
        points, maximum = 300 * n300 + 100 * n100 + 50 * n50, 300 * (n300 + n100 + n50 + miss)
    elif mode is Mode.TAIKO:
        points, maximum = 2 * n300 + n100, 2 * (n300 + n100 + miss)
    elif mode is Mode.CATCH:
        points, maximum = n300 + n100 + n50, n300 + n100 + n50 + katu + miss
    else:
        points = 300 * (geki + n300) + 200 * katu + 100 * n100 + 50 * n50
        maximum = 300 * (geki + n300 + katu + n100 + n50 + miss)
    return 100 * points / maximum if maximum else 0.0
