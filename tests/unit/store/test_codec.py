"""Conversion of values and entries to bytes and back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gateway.osutrack import decode, decode_update
from gateway.records import Mode, Rows, UserMode
from gateway.shared.redis_content import Unreadable
from gateway.store import value_codecs as codecs
from gateway.store.codec import Codec
from gateway.store.history import History
from gateway.store.keys import BestPlays
from tests.support import recordings
from tests.support.resources import entry

PLAYER = UserMode(2, Mode.OSU)
# Monotonic time of the process, and wall time.
NOW, WALL_NOW = 50.0, 1_000_000.0


def plain(value):
    """The value with its rows as dictionaries: decoded rows have a class of their own."""
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return (
        {name: plain(part) for name, part in structs.asdict(value).items()}
        if hasattr(value, "__struct_fields__")
        else value
    )


def decode_now(codec, encoded):
    return codec.decode(encoded, NOW, WALL_NOW)


VALUES: dict[str, tuple[Codec[Any], Any]] = {
    "history": (
        codecs.HISTORY,
        History(PLAYER, decode.history(recordings.body("stats_history_pp_rank_zero"), PLAYER).value, abridged=True),
    ),
    "no history": (codecs.HISTORY, History(PLAYER, Rows())),
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
    encoded = entry(
        value, fetched_at=3.0, validated_at=5.0, loaded_at=2.0, written_at=WALL_NOW, generation=7, etag="x", dropped=2
    )
    decoded = decode_now(codec, codec.encode(encoded, NOW))

    assert plain(decoded) == plain(encoded)


@pytest.mark.parametrize("codec, value", VALUES.values(), ids=VALUES)
def test_decoded_value_equals_the_encoded_one(codec, value):
    assert plain(codec.decode_value(codec.encode_value(value))) == plain(value)


def test_decoded_snapshots_have_their_player():
    codec, history = VALUES["history"]

    rows = decode_now(codec, codec.encode(entry(history), NOW)).value.rows

    assert isinstance(rows, Rows)
    assert {row.user_mode for row in rows} == {PLAYER}


@pytest.mark.parametrize(
    "recording, are_safe", [("stats_history_pp_rank_zero", True), ("stats_history_big_ints", False)]
)
def test_decoded_snapshots_tell_whether_integers_are_safe(recording, are_safe):
    history = History(PLAYER, decode.history(recordings.body(recording), PLAYER).value)
    decoded = codecs.HISTORY.decode_value(codecs.HISTORY.encode_value(history))
    assert plain(decoded.rows) == plain(history.rows)
    assert {row.has_safe_integers for row in (*history.rows, *decoded.rows)} == {are_safe}


def test_encoded_snapshot_is_small():
    codec, history = VALUES["history"]

    assert len(codec.encode(entry(history), NOW)) < 50 + 120 * len(history.rows)


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"\x95\x01", b"\x91" * 10_000, b"\xdd\xff\xff\xff\xff"])
def test_invalid_bytes_are_unreadable(garbage):
    with pytest.raises(Unreadable):
        decode_now(codecs.HISTORY, garbage)


@pytest.mark.parametrize("codec, value", VALUES.values(), ids=VALUES)
@given(data=st.data())
def test_changed_bytes_are_unreadable_or_valid(codec, value, data):
    """A decoded entry can be encoded again, and so has neither NaN nor infinite numbers nor other text than times."""
    encoded = bytearray(codec.encode(entry(value, etag="x", written_at=WALL_NOW), NOW))
    for _ in range(data.draw(st.integers(1, 3))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    try:
        decoded = decode_now(codec, bytes(encoded))
    except Unreadable:
        return
    decode_now(codec, codec.encode(decoded, NOW))


def changed(name, value):
    """A history of one snapshot in which this field has another value."""
    _, history = VALUES["history"]
    return History(PLAYER, Rows([structs.replace(history.rows[0], **{name: value})]))


@pytest.mark.parametrize(
    "name, value",
    [
        ("pp", float("nan")),
        ("pp", float("inf")),
        ("at", "2026-02-30T12:00:00.000Z"),
        ("at", "x" * 24),
        ("at", "2026"),
        ("global_rank", 2**40),
    ],
)
def test_absurd_value_is_unreadable(name, value):
    encoded = codecs.HISTORY.encode(entry(changed(name, value)), NOW)
    with pytest.raises(Unreadable):
        decode_now(codecs.HISTORY, encoded)


@pytest.mark.parametrize(
    "fields",
    [
        {"written_at": float("nan")},
        {"validated_at": float("inf")},
        {"generation": 2**60},
        {"generation": -1},
        {"dropped": -1},
        {"etag": 'W/"\n"'},
        {"etag": "\xe9"},
        {"fresh_s": float("nan")},
    ],
)
def test_absurd_entry_is_unreadable(fields):
    encoded = codecs.HISCORES.encode(entry(Rows(), **fields), NOW)
    with pytest.raises(Unreadable):
        decode_now(codecs.HISCORES, encoded)


@pytest.mark.parametrize("wall_s, age_s", [(0, 5), (60, 65), (3600, 3605), (-3600, 5)])
def test_age_grows_by_the_wall_time_since_writing(wall_s, age_s):
    """A clock ahead, or set back since, must not make the entry younger than it was."""
    encoded = codecs.HISCORES.encode(entry(Rows(), validated_at=NOW - 5, written_at=WALL_NOW), NOW)

    decoded = codecs.HISCORES.decode(encoded, 7.0, WALL_NOW + wall_s)

    assert 7.0 - decoded.validated_at == age_s


def test_negative_age_in_redis_is_zero():
    encoded = codecs.HISCORES.encode(entry(Rows(), validated_at=NOW + 1e9, written_at=WALL_NOW), NOW)

    assert decode_now(codecs.HISCORES, encoded).validated_at == NOW
