"""Properties of windows of arbitrary histories."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.graph.inputs import ScoreOrder
from gateway.graph.types.paging import ORDERS
from gateway.records import Hiscore, Hiscores, Mode, Rows, Snapshot, UserMode
from gateway.store.history import History, Span
from gateway.store.periods import Interval

FIRST = datetime(2024, 2, 25, tzinfo=UTC)


def instant(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def snapshot(seconds):
    zeros: Any = dict.fromkeys(("ranked_score", "total_score", "count_300", "count_100", "count_50"), 0)
    grades: Any = dict.fromkeys(("count_ss", "count_s", "count_a"), 0)
    at = instant(FIRST + timedelta(seconds=seconds))
    return Snapshot(
        at=at, pp=seconds / 7, global_rank=1, accuracy=99.0, level=1.0, play_count=seconds, **zeros, **grades
    )


def history(seconds):
    return History(UserMode(2, Mode.OSU), Rows(map(snapshot, sorted(seconds))))


def hiscore(place, seconds):
    at = instant(FIRST + timedelta(seconds=seconds))
    return Hiscore(beatmap_id=place, score=1, pp=1000.0 - place, mod_bits=0, grade="S", played_at=at, recorded_at=at)


# Ten days around a leap day and the end of a month; every second instant is a midnight, on average.
seconds = st.integers(0, 10 * 86_400) | st.integers(0, 10).map(lambda day: day * 86_400)
histories = st.sets(seconds, max_size=30).map(history)
hiscores = st.lists(seconds, max_size=30).map(lambda times: Hiscores(itertools.starmap(hiscore, enumerate(times))))
midnights = st.integers(0, 10).map(lambda day: instant(FIRST + timedelta(days=day)))


@given(histories, st.lists(midnights, min_size=1, max_size=4).map(sorted))
def test_adjacent_windows_partition_the_history(history, days):
    edges = [None, *days, None]

    parts = [history.within(Span(start, end)) for start, end in itertools.pairwise(edges)]

    assert sum(map(tuple, parts), ()) == history.rows


@given(histories, midnights, midnights)
def test_window_includes_its_start_but_not_its_end(history, start, end):
    inside = history.within(Span(start, end))

    assert list(inside) == [row for row in history.rows if start <= row.at < end]


@given(histories, st.sampled_from(Interval))
def test_thinning_keeps_the_newest_snapshot_of_each_interval(history, every):
    thinned = history.within(Span(), every)

    periods = [every.start(row.at) for row in history.rows]
    assert [every.start(row.at) for row in thinned] == list(dict.fromkeys(periods))
    assert thinned[-1:] == history.rows[-1:]


@given(histories)
def test_weeks_begin_on_monday(history):
    thinned = history.within(Span(), Interval.WEEK)

    mondays = [day - timedelta(days=day.weekday()) for day in (date.fromisoformat(row.at[:10]) for row in thinned)]
    assert len(set(mondays)) == len(mondays)


@given(histories, midnights, midnights)
def test_gain_is_the_sum_of_its_deltas(history, start, end):
    gain = history.gain(Span(min(start, end), max(start, end)))

    rows = [row for row in history.rows if gain and gain.start.at < row.at <= gain.end.at]
    plays = sum(delta.play_count for row in rows if (delta := history.delta(row)))
    assert plays == (gain.delta.play_count if gain else 0)


@given(histories, midnights, midnights)
def test_gain_with_earlier_snapshot_covers_whole_window(history, start, end):
    gain = history.gain(Span(min(start, end), max(start, end)))

    assert gain is None or gain.covers_whole_window is (history.at(min(start, end)) is not None)


@given(histories, midnights, midnights)
def test_gain_within_window_has_its_snapshots(history, start, end):
    span = Span(min(start, end), max(start, end))
    rows, gain = history.within(span), history.gain(span, within=True)

    assert (gain and (gain.start, gain.end)) == ((rows[0], rows[-1]) if len(rows) > 1 else None)


bounds = st.none() | midnights


@given(hiscores, bounds, bounds)
def test_hiscores_of_a_window_stay_in_order(plays, start, end):
    inside = plays.played_within(start, end)

    assert list(inside) == [play for play in plays if play.played_at in Span(start, end)]


@given(hiscores, st.sampled_from(ScoreOrder))
def test_each_order_of_hiscores_is_computed_once(plays, order):
    ordered = plays.in_order(ORDERS[order])

    assert list(ordered) == sorted(plays, key=ORDERS[order])
    assert plays.in_order(ORDERS[order]) is ordered
