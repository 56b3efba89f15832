"""Records decoded from recorded responses, and repairs of each known defect."""

import json
import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UpstreamInvalid
from gateway.graph.inputs import ScoreOrder
from gateway.graph.types.paging import ORDERS, Cursor, parse_cursor
from gateway.osutrack import decode, decode_update
from gateway.records import Mode, UserMode
from tests.support import recordings

PLAYER = UserMode(7, Mode.OSU)
ROW = recordings.rows("stats_history_pp_rank_zero")[0]
PLAY = recordings.rows("hiscores_small")[0]


def history(*rows):
    return decode.history(json.dumps(rows).encode(), PLAYER)


def hiscores(*rows):
    return decode.hiscores(json.dumps(rows).encode(), Mode.OSU)


def test_rank_zero_is_none():
    rows = decode.history(recordings.body("stats_history_pp_rank_zero"), PLAYER).value
    assert [row.global_rank or 0 for row in rows] == [
        r["pp_rank"] for r in recordings.rows("stats_history_pp_rank_zero")
    ]
    assert rows[0].global_rank is None


def test_string_totals_are_decoded_exactly():
    row = decode.history(recordings.body("stats_history_big_ints"), PLAYER).value[0]
    assert (row.ranked_score, row.total_score) == (9007199254740993, 9223372036854775000)


@pytest.mark.parametrize("total,safe", [(2**53 - 1, True), (2**53, False)])
def test_list_with_unsafe_integer_is_known(total, safe):
    large = ROW | {"total_score": str(total), "timestamp": "2030-01-01T00:00:00.000Z"}
    assert {row.has_safe_integers for row in history(ROW, large).value} == {safe}


def test_odd_values_change_no_other_play():
    odd: list[dict[str, Any]] = [{"mods": 2**31 + 8, "rank": "SS"}, {"rank": "?"}, {}]
    plays = hiscores(*(PLAY | each | {"beatmap_id": number} for number, each in enumerate(odd))).value
    assert [(play.mod_bits, play.grade) for play in plays] == [(8, "X"), (0, None), (0, "S")]


def test_history_is_sorted_by_time():
    later, earlier = ROW | {"timestamp": "2020-02-01T00:00:00.000Z"}, ROW | {"timestamp": "2020-01-01T00:00:00.000Z"}
    assert [row.at[:7] for row in history(later, earlier).value] == ["2020-01", "2020-02"]


def test_equal_timestamps_leave_the_highest_play_count():
    rows = history(ROW | {"playcount": 5}, ROW | {"playcount": 9}, ROW | {"playcount": 7})
    assert [row.play_count for row in rows.value] == [9]
    assert rows.received == 3


@pytest.mark.parametrize("name,sent", [("global_rank", "pp_rank"), ("level", "level"), ("count_a", "count_rank_a")])
def test_equal_values_of_rows_are_one_object(name, sent):
    times = ({"timestamp": f"2020-01-0{day}T00:00:00.000Z", sent: 79_461 + day // 3} for day in (1, 2, 3))
    first, second, third = history(*(ROW | each for each in times)).value
    assert getattr(first, name) is getattr(second, name)
    assert getattr(third, name) == getattr(first, name) + 1


def test_negative_grade_counts_are_unchanged():
    assert history(ROW | {"count_rank_a": -1}).value[0].count_a == -1


@pytest.mark.parametrize("flaw", [{"pp_raw": None}, {"playcount": 2**31}, {"timestamp": "0000-00-00 00:00:00"}])
def test_invalid_row_is_dropped_and_counted(flaw):
    decoded = history(ROW, ROW | {"timestamp": "2026-01-01T00:00:00.000Z"} | flaw)
    assert (len(decoded.value), decoded.dropped) == (1, 1)


TINY_ELEMENTS = {"numbers": b"1,", "objects": b"{},", "lists": b"[],", "padded": b"1           ,"}


@pytest.mark.parametrize("element", TINY_ELEMENTS.values(), ids=TINY_ELEMENTS)
def test_many_tiny_rows_are_refused_within_bounds(element):
    body = b"[" + element * (2**21 // len(element)) + b"1]"
    tracemalloc.start()
    with pytest.raises(UpstreamInvalid, match="format"):
        decode.hiscores(body, Mode.OSU)
    with pytest.raises(UpstreamInvalid):
        decode_update.update(b'{"exists": true, "newhs": %b}' % body, Mode.OSU)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 8 * len(body)


@pytest.mark.parametrize("sent,kept", [("a" * 32, "a" * 32), ("a" * 33, "")])
def test_long_name_of_update_is_ignored(sent, kept):
    body = json.dumps({"exists": True, "first": True, "newhs": [], "username": sent}).encode()
    update = decode_update.update(body, Mode.OSU).value
    assert update is not None
    assert update.username == kept


def test_only_invalid_rows_raise_an_error():
    with pytest.raises(UpstreamInvalid, match="format"):
        history({"pp": 1}, {"pp": 2})


def test_duplicate_play_keeps_the_last_record():
    rows = recordings.rows("hiscores_small")
    identities = {(row["beatmap_id"], row["mods"], row["score"]) for row in rows}
    plays = decode.hiscores(recordings.body("hiscores_small"), Mode.OSU).value
    newest = {(r["beatmap_id"], r["mods"], r["score"]): r["pp"] for r in sorted(rows, key=lambda r: r["update_time"])}
    assert len(rows) > len(identities) == len(plays)
    assert {(p.beatmap_id, p.mod_bits, p.score): p.pp for p in plays} == newest


def test_plays_are_sorted_by_pp_then_beatmap():
    plays = hiscores(PLAY | {"beatmap_id": 3}, PLAY | {"beatmap_id": 1}, PLAY | {"beatmap_id": 2, "pp": 999.0}).value
    assert [play.beatmap_id for play in plays] == [2, 1, 3]


TIES = st.fixed_dictionaries(
    {
        "pp": st.sampled_from([99.5, 100.0]),
        "beatmap_id": st.integers(1, 2),
        "mods": st.sampled_from([0, 8, 2**31 + 8]),
        "score": st.integers(0, 2),
        "user": st.integers(1, 2),
    }
)


@given(st.lists(TIES))
def test_decoded_order_is_the_paging_order(ties):
    body = json.dumps([PLAY | tie for tie in ties]).encode()
    for plays in (decode.hiscores(body, Mode.OSU).value, decode.best_plays(body, Mode.OSU).value):
        assert list(plays) == sorted(plays, key=ORDERS[ScoreOrder.PP_DESC])


@pytest.mark.parametrize("rank,grade", [("SS", "X"), ("SSH", "XH"), ("SH", "SH"), ("P", None), ("", None)])
def test_unknown_grade_is_none(rank, grade):
    assert hiscores(PLAY | {"rank": rank}).value[0].grade == grade


def test_highest_mod_bit_is_removed():
    assert hiscores(PLAY | {"mods": 2**31 + 8}).value[0].mod_bits == 8


def test_equal_plays_of_two_players_are_distinct():
    plays = best_plays(*({"user": user, "score": 1_000_000} for user in (1, 2, 2)))
    assert [play.user_id for play in decode.distinct_plays(plays)] == [1, 2]


def identity_of(play):
    parts = play.user_id, play.beatmap_id, play.mod_bits, play.score
    return parts if play.score else (*parts, play.recorded_at, play.played_at, play.pp)


@given(st.lists(TIES))
def test_distinct_plays_are_the_first_rows(ties):
    rows = best_plays(*ties)
    first = {identity_of(row): row for row in reversed(rows)}
    assert list(decode.distinct_plays(rows)) == [row for row in rows if first[identity_of(row)] is row]


def test_best_plays_have_player_and_mode():
    plays = decode.best_plays(recordings.body("bestplays_day"), Mode.TAIKO).value
    assert {play.user_id for play in plays} == {row["user"] for row in recordings.rows("bestplays_day")}
    assert {play.mode for play in plays} == {Mode.TAIKO}


def test_peak_of_unknown_player_is_all_none():
    peak: Any = decode.peak(recordings.body("peak_unknown"), PLAYER).value
    assert (peak.global_rank, peak.global_rank_at, peak.accuracy, peak.accuracy_at) == (None, None, None, None)


def test_peak_rank_zero_is_none_without_date():
    row = recordings.rows("peak_ok")[0] | {"best_global_rank": 0}
    peak: Any = decode.peak(json.dumps([row]).encode(), PLAYER).value
    assert (peak.global_rank, peak.global_rank_at) == (None, None)
    assert peak.accuracy == row["best_accuracy"]


def test_update_has_ranks_gained_and_plays_from_one():
    update: Any = decode_update.update(recordings.body("update_changes"), Mode.OSU).value
    assert update.delta.ranks_gained == 16
    assert [play.position for play in update.new_hiscores] == [1, 51]
    assert update.new_hiscores[0].played_at == "2026-11-14T16:29:18.000Z"
    assert update.new_hiscores[0].accuracy == pytest.approx(100 * (300 * 644 + 100 * 8 + 50 * 3) / (300 * 658))


def test_first_update_has_no_delta():
    update: Any = decode_update.update(recordings.body("update_first"), Mode.OSU).value
    assert (update.first, update.delta) == (True, None)


def test_update_without_changes_has_no_plays():
    update: Any = decode_update.update(recordings.body("update_no_changes"), Mode.OSU).value
    assert (update.delta.play_count, update.new_hiscores) == (0, ())


@pytest.mark.parametrize("exists", [False, "false"], ids=repr)
def test_update_of_unknown_user_is_none(exists):
    recorded = recordings.rows("update_exists_false") | {"exists": exists}
    assert decode_update.update(json.dumps(recorded).encode(), Mode.OSU).value is None


@pytest.mark.parametrize("mode", [0, "0"], ids=repr)
def test_update_without_plays_accepts_any_mode_type(mode):
    recorded = recordings.rows("update_no_changes") | {"mode": mode}
    del recorded["newhs"]
    update: Any = decode_update.update(json.dumps(recorded).encode(), Mode.OSU).value
    assert update.new_hiscores == ()


@pytest.mark.parametrize("body", [b"null", b"[]", b"<html>", b"", b"Internal Server Error", b'{"username":'], ids=repr)
def test_invalid_update_response_is_rejected(body):
    with pytest.raises(UpstreamInvalid):
        decode_update.update(body, Mode.OSU)


@pytest.mark.parametrize(
    "levelup,level,first,leveled_up",
    [
        (True, 0.49, False, True),
        (True, -0.49, False, False),
        (False, 1.0, False, True),
        (False, 0.49, False, False),
        (True, 86.37, True, False),
    ],
)
def test_leveled_up_means_a_higher_level(levelup, level, first, leveled_up):
    sent = recordings.rows("update_changes") | {"levelup": levelup, "level": level, "first": first}
    update: Any = decode_update.update(json.dumps(sent).encode(), Mode.OSU).value
    assert update.leveled_up is leveled_up


@pytest.mark.parametrize("ranking", [-1, 2**31 - 1, None, "x"], ids=repr)
def test_new_play_without_valid_position_is_dropped(ranking):
    sent = recordings.rows("update_changes")
    sent["newhs"][0]["ranking"] = ranking
    update: Any = decode_update.update(json.dumps(sent).encode(), Mode.OSU).value
    assert ([play.position for play in update.new_hiscores], update.dropped) == ([51], 1)


@pytest.mark.parametrize("change", [2**31 - 1, 1 - 2**31, 0, None], ids=repr)
def test_rank_change_has_the_opposite_sign(change):
    sent = recordings.rows("update_changes") | {"pp_rank": change}
    update: Any = decode_update.update(json.dumps(sent).encode(), Mode.OSU).value
    assert update.delta.ranks_gained == (None if change is None else -change)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ROW, *PLAY]), inner, max_size=5),
)


@given(st.binary(max_size=50) | JSON.map(lambda value: json.dumps(value).encode()))
def test_arbitrary_responses_raise_upstream_invalid_only(body):
    for read in (
        lambda: decode.history(body, PLAYER),
        lambda: decode.peak(body, PLAYER),
        lambda: decode.hiscores(body, Mode.OSU),
    ):
        with suppress(UpstreamInvalid):
            read()


def best_plays(*rows):
    return decode.best_plays(json.dumps([PLAY | {"user": 1} | row for row in rows]).encode(), Mode.OSU).value


@pytest.mark.parametrize("pp", [99.0, 101.0])
def test_best_play_keeps_its_highest_pp(pp):
    old, new = {"pp": 100.0}, {"pp": pp, "update_time": "2026-11-01T00:00:00.000Z"}
    late = {"score_time": "2030-01-01T08:00:00.000Z"}
    for rows in ((old, new), (new, old), (old, new | late), (new | late, old)):
        assert [play.pp for play in decode.distinct_plays(best_plays(*rows))] == [max(100.0, pp)]


@pytest.mark.parametrize("pp", [99.0, 101.0])
def test_hiscore_keeps_its_newest_pp(pp):
    old, new = PLAY | {"pp": 100.0}, PLAY | {"pp": pp, "update_time": "2099-11-01T00:00:00.000Z"}
    assert [[play.pp for play in hiscores(*rows).value] for rows in ((old, new), (new, old))] == [[pp], [pp]]


@pytest.mark.parametrize(
    "other", [{"score_time": "2030-01-01T00:00:00.000Z"}, {"update_time": "2030-01-01T00:00:00.000Z"}, {"pp": 1.5}]
)
def test_plays_with_score_zero_are_distinct(other):
    first = {"score": 0}
    assert len(hiscores(PLAY | first, PLAY | first | other).value) == 2
    assert len(decode.distinct_plays(best_plays(first, first | other))) == 2


def test_cursors_keep_times_to_the_millisecond():
    first, second = hiscores(PLAY | {"score_time": "2026-01-31T12:00:00.001Z"}).value[0], hiscores(PLAY).value[0]
    for play in (first, second):
        key = ORDERS[ScoreOrder.PLAYED_AT_DESC](play)
        parsed = parse_cursor(str(Cursor(7, 1, key)), 7)
        assert parsed is not None
        assert parsed.key == key
