"""Values that go through Redis come back as they were."""

from typing import Any

import pytest
from msgspec import DecodeError, structs

from gateway.osutrack import decode, decode_update
from gateway.records import Mode, Rows, UserMode
from gateway.store import codec
from gateway.store.cache import Entry
from gateway.store.history import History
from gateway.store.keys import BestPlays
from tests.support import recordings

PLAYER = UserMode(2, Mode.OSU)


def plain(value):
    """The value without the classes of its rows, which differ: what is decoded has one of its own."""
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return (
        {name: plain(part) for name, part in structs.asdict(value).items()}
        if hasattr(value, "__struct_fields__")
        else value
    )


VALUES: dict[str, tuple[codec.Codec[Any], Any]] = {
    "history": (
        codec.HISTORY,
        History(
            PLAYER, decode.history(recordings.body("stats_history_pp_rank_zero"), PLAYER).value, 12.5, abridged=True
        ),
    ),
    "no history": (codec.HISTORY, History(PLAYER, Rows(), 1.0)),
    "hiscores": (codec.HISCORES, decode.hiscores(recordings.body("hiscores_small"), Mode.OSU).value),
    "nobody's hiscores": (codec.OPTIONAL_HISCORES, None),
    "hiscores by name": (codec.OPTIONAL_HISCORES, decode.hiscores(recordings.body("hiscores_small"), Mode.OSU).value),
    "peak": (codec.PEAK, decode.peak(recordings.body("peak_ok"), PLAYER).value),
    "best plays": (
        codec.BEST_PLAYS,
        BestPlays(decode.best_plays(recordings.body("bestplays_day"), Mode.OSU).value, complete=True),
    ),
    "update": (codec.UPDATE, decode_update.update(recordings.body("update_changes"), Mode.OSU).value),
    "update of nobody": (codec.UPDATE, None),
}


@pytest.mark.parametrize("packed, value", VALUES.values(), ids=VALUES)
def test_an_entry_comes_back_as_it_was(packed, value):
    held = packed.decode(packed.encode(Entry(value, 5.0, 7, etag="x", dropped=2, read_at=3.0)))

    assert plain(held.value) == plain(value)
    assert (held.fetched_at, held.generation, held.etag, held.dropped, held.read_at) == (5.0, 7, "x", 2, 3.0)


def test_rows_come_back_as_records_that_know_their_player():
    packed, history = VALUES["history"]

    rows = packed.decode(packed.encode(Entry(history, 0.0))).value.rows

    assert isinstance(rows, Rows)
    assert {row.user_mode for row in rows} == {PLAYER}


def test_a_snapshot_takes_little_room():
    packed, history = VALUES["history"]

    assert len(packed.encode(Entry(history, 0.0))) < 50 + 120 * len(history.rows)


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"\x95\x01"])
def test_what_is_no_entry_is_told_apart(garbage):
    with pytest.raises(DecodeError):
        codec.HISTORY.decode(garbage)
