"""Refreshes of a history's tail, and its best values. Windows are in `test_window_properties.py`."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.osutrack import decode, decode_update
from gateway.records import Mode, Rows, UserMode
from gateway.store.history import History
from tests.support import recordings
from tests.support.snapshots import raw_snapshot, raw_snapshots

PLAYER = UserMode(7, Mode.OSU)
CHANGES = recordings.rows("update_changes")

RANKS = st.integers(0, 3)
VALUES = st.sampled_from([0, 97.5, 98.25, 100])
# Without anomalies, which have a rank, but neither accuracy nor pp.
SNAPSHOTS = st.lists(st.tuples(RANKS, VALUES, VALUES).filter(lambda row: not row[0] or any(row[1:])), max_size=8)


def rows(*days, **values):
    return decode.history(msgspec.json.encode(raw_snapshots(*days, **values)), PLAYER).value


def history(*days, **values):
    return History(PLAYER, rows(*days, **values))


def days(history):
    return [int(row.at[8:10]) for row in history.rows]


def test_refresh_starts_at_the_second_newest_row():
    assert history(1, 2, 3).seam == "2026-01-02T00:00:00.000Z"


def test_short_history_is_loaded_in_full():
    assert (history().seam, history(1).seam) == (None, None)


def test_new_rows_are_appended():
    assert days(history(1, 2, 3).with_tail(rows(2, 3, 4, 5))) == [1, 2, 3, 4, 5]


def test_moved_newest_row_is_not_duplicated():
    assert days(history(1, 2, 3).with_tail(rows(2, 4))) == [1, 2, 4]


def test_deleted_newest_row_is_removed():
    assert days(history(1, 2, 3).with_tail(rows(2))) == [1, 2]


def test_changed_rows_are_replaced():
    assert history(1, 2, 3).with_tail(rows(2, 3, pp_raw=5.0)).rows[-1].pp == 5.0


def test_missing_seam_requires_a_full_load():
    assert history(1, 2, 3).with_tail(rows(3)) is None
    assert history(1, 2, 3).with_tail(Rows()) is None


def history_of(values):
    snapshots = [
        row
        for day, (rank, accuracy, pp) in enumerate(values, start=1)
        for row in rows(day, pp_rank=rank, accuracy=accuracy, pp_raw=pp)
    ]
    return History(PLAYER, Rows(snapshots))


@given(SNAPSHOTS)
def test_peak_rank_is_the_newest_best_above_0(values):
    ranked = [(rank, -day) for day, (rank, _, _) in enumerate(values, start=1) if rank]
    rank, day = min(ranked, default=(None, None))
    peak = history_of(values).peak

    assert (peak.global_rank, peak.global_rank_at and -int(peak.global_rank_at[8:10])) == (rank, day)


@given(SNAPSHOTS)
def test_peak_accuracy_and_pp_are_the_newest_maxima(values):
    found = history_of(values)
    accuracy = max(((accuracy, day) for day, (_, accuracy, _) in enumerate(values, start=1)), default=(None, None))
    pp = max(((pp, day) for day, (_, _, pp) in enumerate(values, start=1)), default=None)

    assert (found.peak.accuracy, found.peak.accuracy_at and int(found.peak.accuracy_at[8:10])) == accuracy
    assert (found.best_pp and (found.best_pp.pp, int(found.best_pp.at[8:10]))) == pp


@given(st.lists(RANKS, max_size=3), RANKS, RANKS, st.integers(0, 2))
def test_ranks_of_an_update_are_null_if_unranked(earlier, before, after, plays):
    ranks = [*earlier, before, *([after] if after else [])]
    sent = [
        raw_snapshot(f"2026-01-{day:02}T00:00:00.000Z", pp_rank=rank, playcount=10 * day)
        for day, rank in enumerate(ranks, 1)
    ]
    if after:
        sent[-1]["playcount"] = 10 * len(sent) - 10 + plays
    updated = History(PLAYER, decode.history(msgspec.json.encode(sent), PLAYER).value)
    reported = decode_update.update(
        msgspec.json.encode(CHANGES | {"pp_rank": after - before, "playcount": plays, "total_score": 0}), Mode.OSU
    ).value

    assert reported is not None
    assert reported.delta is not None
    corrected = updated.corrected(reported.delta)
    assert corrected.ranks_gained == (before - after if before and after else None)
    assert msgspec.structs.replace(corrected, ranks_gained=0) == msgspec.structs.replace(reported.delta, ranks_gained=0)
