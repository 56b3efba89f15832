"""Properties of calendar periods and their gains, for arbitrary histories, compared with a simple computation."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby, pairwise
from operator import itemgetter
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from gateway.records import Mode, Rows, Snapshot, UserMode
from gateway.store.history import History, Span
from gateway.store.periods import Interval

PLAYER = UserMode(2, Mode.OSU)
EXACT = [
    "play_count",
    "ranked_score",
    "total_score",
    "count_300",
    "count_100",
    "count_50",
    "count_ss",
    "count_s",
    "count_a",
]
DECIMAL = ["pp", "accuracy", "level"]
LAST_WEEK = "9999-12-31T23:59:59.999Z"


def instant(moment):
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def snapshot(at, rank=1, pp=1.0, number=0):
    return Snapshot(
        at=at,
        pp=pp,
        global_rank=rank,
        accuracy=98.7 - pp / 1000,
        level=100 + pp / 100,
        play_count=number,
        **dict.fromkeys(EXACT[1:], 3 * number),
        user_mode=PLAYER,
    )


# Around the end of a year and a leap day, and years apart. Every second instant is a midnight, on average.
moments = st.builds(
    lambda start, milliseconds: start + timedelta(milliseconds=milliseconds),
    st.sampled_from(
        [datetime(2019, 12, 20, tzinfo=UTC), datetime(2020, 2, 20, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)]
    ),
    st.integers(0, 20 * 86_400_000) | st.integers(0, 20).map(lambda day: day * 86_400_000),
).map(instant)
values = st.tuples(moments, st.none() | st.integers(1, 9), st.integers(0, 10**8).map(lambda pp: pp / 10**4))


@st.composite
def histories(draw):
    """Sorted rows, some with equal times, without a rank, or anomalous."""
    drawn = sorted(draw(st.lists(values, max_size=25)), key=itemgetter(0))
    rows = [snapshot(at, rank, pp, number) for number, (at, rank, pp) in enumerate(drawn)]
    anomalous = draw(st.sets(st.integers(0, 24), max_size=3))
    return History(
        PLAYER,
        Rows(
            structs.replace(row, pp=0.0, accuracy=0.0, global_rank=5) if index in anomalous else row
            for index, row in enumerate(rows)
        ),
    )


bounds = st.none() | moments
spans = st.builds(lambda one, other: Span(*(sorted([one, other]) if one and other else [one, other])), bounds, bounds)
intervals = st.sampled_from(Interval)


def period(every, at):
    """A value that is equal for the instants of one period."""
    formats = {Interval.DAY: "%Y-%m-%d", Interval.WEEK: "%G-%V", Interval.MONTH: "%Y-%m", Interval.YEAR: "%Y"}
    return datetime.fromisoformat(at).strftime(formats[every])


def first_day(every, at):
    day = datetime.fromisoformat(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return instant(
        {
            Interval.DAY: lambda: day,
            Interval.WEEK: lambda: day - timedelta(days=day.weekday()),
            Interval.MONTH: lambda: day.replace(day=1),
            Interval.YEAR: lambda: day.replace(day=1, month=1),
        }[every]()
    )


def simple_gains(history, span, every):
    """The first and the last snapshot of each gain, and whether it covers its period."""
    rows = [row for row in history.rows if row.pp or row.accuracy or row.global_rank is None]
    inside = [row for row in rows if row.at in span]
    before = [row for row in rows if span.start and row.at <= span.start]
    ends = [list(group)[-1] for _, group in groupby(inside, key=lambda row: period(every, row.at))]
    edges = [*before[-1:], *ends] if before else [*inside[:1], *ends]
    return [
        (one, other, one.at <= max(span.start or "", first_day(every, other.at)))
        for one, other in pairwise(edges)
        if one is not other
    ]


@given(histories(), spans, intervals)
def test_gains_equal_those_of_grouped_snapshots(history, span, every):
    assert [tuple(gain) for gain in history.gains(span, every)] == simple_gains(history, span, every)


@given(histories(), spans, intervals)
def test_gains_add_up_to_gain_of_window(history, span, every):
    gains, whole = history.gains(span, every), history.gain(span)

    assert all(one.end is other.start for one, other in pairwise(gains))
    assert (gains[0].start, gains[-1].end) == (whole.start, whole.end) if gains else whole is None
    for name in EXACT if whole else ():
        assert sum(getattr(gain.delta, name) for gain in gains) == getattr(whole.delta, name)
    for name in DECIMAL if whole else ():
        total = sum(Decimal(str(getattr(gain.delta, name))) for gain in gains)
        assert total == Decimal(str(getattr(whole.delta, name)))


@given(histories(), spans, intervals)
def test_gained_ranks_add_up_while_ranked(history, span, every):
    gains, whole = history.gains(span, every), history.gain(span)

    ranks = [gain.delta.ranks_gained for gain in gains]
    assert None in ranks or sum(ranks) == (whole.delta.ranks_gained if whole else 0)


@given(histories(), spans, intervals)
def test_each_gain_ends_like_thinned_snapshots(history, span, every):
    ends = [gain.end for gain in history.gains(span, every)]

    thinned = list(history.within(span, every))
    assert thinned[len(thinned) - len(ends) :] == ends
    assert len(thinned) - len(ends) <= 1


@given(histories(), spans, intervals)
def test_periods_are_not_more_than_expected(history, span, every):
    periods = history.within(span, every, anomalies=True)

    assert len(periods) <= history.max_periods(span, every) <= len(history.within(span, anomalies=True))


@given(moments, intervals)
@example(LAST_WEEK, Interval.WEEK)
@example(LAST_WEEK, Interval.YEAR)
@example("0001-01-01T00:00:00.000Z", Interval.WEEK)
def test_period_begins_at_its_first_midnight(at, every):
    assert every.start(at) == first_day(every, at)


@given(moments, moments, intervals)
def test_bounds_separate_periods(at, other, every):
    is_inside = every.start(at) <= other < every.end(at)

    assert is_inside is (period(every, at) == period(every, other))


@pytest.mark.parametrize("every", Interval)
def test_last_period_of_the_calendar_has_an_end(every):
    rows = Rows([snapshot("9999-12-31T00:00:00.000Z"), snapshot(LAST_WEEK, number=1)])

    assert [gain.end.at for gain in History(PLAYER, rows).gains(Span(), every)] == [LAST_WEEK]


def test_ten_years_by_month_take_under_1_ms():
    first = datetime(2016, 1, 1, tzinfo=UTC)
    rows = Rows(snapshot(instant(first + timedelta(hours=17.5 * number)), number=number) for number in range(5000))
    history = History(PLAYER, rows)
    history.gains(Span(), Interval.MONTH)

    assert len([gain.delta for gain in history.gains(Span(), Interval.MONTH)]) == 120
    assert min(cpu_s(history) for _ in range(20)) < 0.001


def cpu_s(history):
    start = process_time()
    assert all(gain.delta for gain in history.gains(Span(), Interval.MONTH))
    return process_time() - start
