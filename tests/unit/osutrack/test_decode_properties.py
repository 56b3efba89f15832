"""Invariants of decoded records, for generated responses."""

import json
from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UpstreamInvalid
from gateway.osutrack import decode, decode_update
from gateway.records import Mode, NewHiscore, UserMode
from tests.support import recordings

PLAYER = UserMode(7, Mode.OSU)
SNAPSHOT = recordings.rows("stats_history_one_day_window")[0]
PLAY = recordings.rows("hiscores_small")[0]
CHANGES = recordings.rows("update_changes")

TIMESTAMPS = st.datetimes(datetime(2007, 1, 1), datetime(2007, 1, 3)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:00}.000Z")  # noqa: DTZ001  # written with a Z
INVALID_TIMESTAMPS = [
    "0000-00-00 00:00:00",
    "2026-13-01T00:00:00.000Z",
    "2026-02-30T00:00:00.000Z",
    "2026-01-01T24:00:00.000Z",
    "2026-01-01 00:00:00.000Z",
    "2026-01-01t00:00:00.000z",
    "2026-W01-1T00:00:00.000Z",
    "2026-01-01T00:00:00+0100",
    "\N{FULLWIDTH DIGIT TWO}026-01-01T00:00:00.000Z",
    "2026-01-01T00:00:00.000Z\n",
]
COUNTS = st.integers(-5, 2000)


@given(st.lists(st.tuples(TIMESTAMPS, st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_history_is_sorted_without_duplicate_timestamps(sent):
    rows = [SNAPSHOT | {"timestamp": at, "playcount": plays, "pp_rank": rank} for at, plays, rank in sent]
    decoded = decode.history(json.dumps(rows).encode(), PLAYER).value
    instants = [row.at for row in decoded]

    assert instants == sorted({at for at, _, _ in sent})
    assert [row.play_count for row in decoded] == [max(n for at, n, _ in sent if at == each) for each in instants]
    assert all(row.global_rank != 0 and row.user_mode is PLAYER for row in decoded)


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([0, 5.5, 7]), TIMESTAMPS), max_size=12))
def test_each_play_appears_once_as_last_recorded(sent):
    rows = [PLAY | {"beatmap_id": beatmap, "pp": pp, "update_time": at} for beatmap, pp, at in sent]
    decoded = decode.hiscores(json.dumps(rows).encode(), Mode.TAIKO)
    newest = {play.beatmap_id: play.recorded_at for play in decoded.value}

    assert newest == {beatmap: max(at for each, _, at in sent if each == beatmap) for beatmap, _, _ in sent}
    assert [play.pp for play in decoded.value] == sorted((play.pp for play in decoded.value), reverse=True)
    assert len(decoded.value) == len(newest)
    assert all(play.mode is Mode.TAIKO for play in decoded.value)


@pytest.mark.parametrize("text", INVALID_TIMESTAMPS)
def test_invalid_timestamp_drops_and_counts_the_row(text):
    rows = [SNAPSHOT, SNAPSHOT | {"timestamp": text}]
    decoded = decode.history(json.dumps(rows).encode(), PLAYER)

    assert [row.at for row in decoded.value] == [SNAPSHOT["timestamp"]]
    assert (decoded.dropped, decoded.received) == (1, 2)


@pytest.mark.parametrize("number", ["nan", "inf", "-Infinity", True, None, "", {}])
def test_invalid_number_drops_and_counts_the_row(number):
    decoded = decode.history(json.dumps([SNAPSHOT, SNAPSHOT | {"pp_raw": number}]).encode(), PLAYER)

    assert (len(decoded.value), decoded.dropped) == (1, 1)


def test_zero_date_removes_one_half_of_peak():
    sent = recordings.rows("peak_ok")[0] | {"best_rank_timestamp": "0000-00-00 00:00:00"}
    peak = decode.peak(json.dumps([sent]).encode(), PLAYER).value

    assert (peak.global_rank, peak.global_rank_at) == (None, None)
    assert (peak.accuracy, peak.accuracy_at) == (sent["best_accuracy"], sent["best_acc_timestamp"])


@pytest.mark.parametrize("absent", ["username", "first", "levelup", "newhs", "exists"])
def test_update_accepts_null_fields(absent):
    assert decode_update.update(json.dumps(CHANGES | {absent: None}).encode(), Mode.OSU).value is not None


@pytest.mark.parametrize("date", ["2026-02-30 00:00:00", "2026-11-17", "0000-00-00 00:00:00", ""])
def test_new_play_with_invalid_date_is_dropped(date):
    sent = CHANGES | {"newhs": [CHANGES["newhs"][0], CHANGES["newhs"][0] | {"date": date}]}
    decoded = decode_update.update(json.dumps(sent).encode(), Mode.OSU)

    assert decoded.value is not None
    assert (len(decoded.value.new_hiscores), decoded.dropped) == (1, 1)


@given(st.sampled_from(Mode), st.lists(COUNTS, min_size=6, max_size=6))
def test_accuracy_is_between_0_and_100(mode, counts):
    names = ["count_300", "count_100", "count_50", "count_miss", "count_katu", "count_geki"]
    play = NewHiscore(
        beatmap_id=1, score=1, pp=1, mod_bits=0, grade=None, played_at="", position=1, max_combo=1, perfect=False,
        **dict(zip(names, counts, strict=True)),
    )  # fmt: skip

    assert 0 <= decode_update.accuracy(play, mode) <= 100


@pytest.mark.parametrize("depth", [100, 200_000])
def test_deep_nesting_raises_upstream_invalid(depth):
    for read in (
        lambda body: decode.peak(body, PLAYER),
        lambda body: decode.history(body, PLAYER),
        lambda body: decode_update.update(body, Mode.OSU),
    ):
        with pytest.raises(UpstreamInvalid):
            read(b"[" * depth + b"]" * depth)


@given(st.binary())
def test_arbitrary_bytes_raise_upstream_invalid_only(body):
    for read in (decode.best_plays, decode_update.update):
        with suppress(UpstreamInvalid):
            read(body, Mode.OSU)


FRACTIONS = st.from_regex(r"([.][0-9]{1,12})?", fullmatch=True)


@given(FRACTIONS, FRACTIONS)
def test_timestamps_of_any_precision_have_milliseconds(first, second):
    texts = [f"2026-01-01T00:00:0{n}{fraction}Z" for n, fraction in enumerate((first, second))]
    expected = [f"2026-01-01T00:00:0{n}.{f'{fraction[1:]}000'[:3]}Z" for n, fraction in enumerate((first, second))]
    snapshots = [SNAPSHOT | {"timestamp": text} for text in texts]
    [play] = decode.hiscores(
        json.dumps([PLAY | {"score_time": texts[0], "update_time": texts[1]}]).encode(), Mode.OSU
    ).value
    sent = {"best_global_rank": 1, "best_accuracy": 99, "best_rank_timestamp": texts[0], "best_acc_timestamp": texts[1]}
    peak = decode.peak(json.dumps([sent]).encode(), PLAYER).value

    assert [row.at for row in decode.history(json.dumps(snapshots).encode(), PLAYER).value] == expected
    assert [play.played_at, play.recorded_at] == expected
    assert [peak.global_rank_at, peak.accuracy_at] == expected
