"""Conversion of values and entries to bytes and back."""

from typing import Any

import pytest
from msgspec import DecodeError, structs

from gateway.osutrack import decode, decode_update
from gateway.records import Mode, Rows, UserMode
from gateway.store import codec as codecs
from gateway.store.history import History
from gateway.store.keys import BestPlays
from tests.support import recordings
from tests.support.resources import entry

PLAYER = UserMode(2, Mode.OSU)


def plain(value):
    """The value with its rows as dictionaries: decoded rows have a class of their own."""
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return (
        {name: plain(part) for name, part in structs.asdict(value).items()}
        if hasattr(value, "__struct_fields__")
        else value
    )


VALUES: dict[str, tuple[codecs.Codec[Any], Any]] = {
    "history": (
        codecs.HISTORY,
        History(
            PLAYER, decode.history(recordings.body("stats_history_pp_rank_zero"), PLAYER).value, 12.5, abridged=True
        ),
    ),
    "no history": (codecs.HISTORY, History(PLAYER, Rows(), 1.0)),
    "hiscores": (codecs.HISCORES, decode.hiscores(recordings.body("hiscores_small"), Mode.OSU).value),
    "hiscores of an unknown name": (codecs.OPTIONAL_HISCORES, None),
    "hiscores by name": (codecs.OPTIONAL_HISCORES, decode.hiscores(recordings.body("hiscores_small"), Mode.OSU).value),
    "peak": (codecs.PEAK, decode.peak(recordings.body("peak_ok"), PLAYER).value),
    "best plays": (
        codecs.BEST_PLAYS,
        BestPlays(decode.best_plays(recordings.body("bestplays_day"), Mode.OSU).value, complete=True),
    ),
    "update": (codecs.UPDATE, decode_update.update(recordings.body("update_changes"), Mode.OSU).value),
    "update of an unknown user": (codecs.UPDATE, None),
}


@pytest.mark.parametrize("codec, value", VALUES.values(), ids=VALUES)
def test_decoded_entry_equals_the_encoded_one(codec, value):
    encoded = entry(value, fetched_at=3.0, validated_at=5.0, generation=7, etag="x", dropped=2)
    decoded = codec.decode(codec.encode(encoded))

    assert plain(decoded) == plain(encoded)


@pytest.mark.parametrize("codec, value", VALUES.values(), ids=VALUES)
def test_decoded_value_equals_the_encoded_one(codec, value):
    assert plain(codec.decode_value(codec.encode_value(value))) == plain(value)


def test_decoded_snapshots_have_their_player():
    codec, history = VALUES["history"]

    rows = codec.decode(codec.encode(entry(history))).value.rows

    assert isinstance(rows, Rows)
    assert {row.user_mode for row in rows} == {PLAYER}


def test_encoded_snapshot_is_small():
    codec, history = VALUES["history"]

    assert len(codec.encode(entry(history))) < 50 + 120 * len(history.rows)


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"\x95\x01"])
def test_invalid_bytes_raise_a_decode_error(garbage):
    with pytest.raises(DecodeError):
        codecs.HISTORY.decode(garbage)
