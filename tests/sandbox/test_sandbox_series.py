"""The generated series: streaks, plateaus, breaks with decay, reworks, and pp that follow from plays."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from gateway.sandbox import create_sandbox, players
from gateway.sandbox.performance import TopPlays, without_repeated_rows
from gateway.sandbox.ranks import level_of, rank_of
from gateway.sandbox.reworks import REWORKS

FLAGSHIPS = [players.HEAVY, players.AMEO]
DAY = timedelta(days=1)

flagships = pytest.mark.parametrize("user", FLAGSHIPS, ids=["heavy", "ameo"])
tracked = pytest.mark.parametrize("mode", range(4))


@pytest.fixture
def history(sandbox):
    """A player's snapshots in a mode, without anomalies."""
    return lambda user, mode=0: [row for row in sandbox.database.snapshots(user, mode) if row.accuracy]


def at(row):
    return datetime.fromisoformat(row.timestamp)


def breaks(rows, *, days):
    """The periods of at least so many days without a play, as lists of snapshots."""
    periods, period = [], [rows[0]]
    for row in rows[1:]:
        if row.playcount != period[0].playcount:
            periods.append(period)
            period = []
        period.append(row)
    return [period for period in [*periods, period] if at(period[-1]) - at(period[0]) >= days * DAY]


@flagships
def test_series_spans_ten_years(history, user):
    rows = history(user)

    assert at(rows[-1]) - at(rows[0]) > 10 * 365 * DAY


@flagships
def test_rank_decays_in_breaks_of_months(history, user):
    periods = breaks(history(user), days=45)

    assert len(periods) >= 3
    unaffected = [
        period
        for period in periods
        if not any(at(period[0]).timestamp() <= rework.at_s <= at(period[-1]).timestamp() for rework in REWORKS[0])
    ]
    assert unaffected
    for period in unaffected:
        assert len({(row.pp_raw, row.accuracy, row.total_score) for row in period}) == 1
        assert [row.pp_rank for row in period] == sorted(row.pp_rank for row in period)
        assert period[-1].pp_rank > period[0].pp_rank


@flagships
def test_streaks_have_snapshots_on_most_days(history, user):
    days = sorted({at(row).date() for row in history(user)})
    lengths, length = [], 1
    for earlier, later in pairwise(days):
        length = length + 1 if later - earlier <= 3 * DAY else 1
        lengths.append(length)

    assert max(lengths) >= 20


@flagships
def test_pp_have_plateaus_and_gains(history, user):
    last_of_month = {row.timestamp[:7]: row.pp_raw for row in history(user)}
    gains = [later / earlier - 1 for earlier, later in pairwise(last_of_month.values())]

    assert sum(abs(gain) < 0.001 for gain in gains) >= len(gains) / 8
    assert sum(gain > 0.01 for gain in gains) >= len(gains) / 10


@pytest.mark.parametrize(
    "mode, day, raised", [(0, "2021-07-27", False), (1, "2022-09-28", True), (3, "2022-10-09", False)]
)
def test_rework_is_one_step_for_everyone(sandbox, mode, day, raised):
    steps = []
    for user in [players.HEAVY, players.AMEO, *players.ORDINARY]:
        for earlier, later in pairwise(sandbox.database.snapshots(user, mode)):
            is_over = earlier.timestamp < day < later.timestamp and earlier.accuracy and later.accuracy
            if is_over and earlier.pp_raw and later.playcount - earlier.playcount < 300:
                steps.append(later.pp_raw > earlier.pp_raw)

    assert len(steps) >= 2
    assert set(steps) == {raised}


@flagships
@tracked
def test_pp_follow_from_hiscores(sandbox, history, user, mode):
    rows = history(user, mode)
    recorded = [play for play in sandbox.database.plays(user, mode) if play.update_time <= rows[-1].timestamp]
    everything = TopPlays(without_repeated_rows(sandbox.database.plays(user, mode))).weighted_pp
    weighted = TopPlays(without_repeated_rows(recorded)).weighted_pp

    # The rest is the bonus for up to 1,000 beatmaps.
    assert 0 < rows[-1].pp_raw - weighted < 417
    assert everything == pytest.approx(weighted, rel=0.06)


@flagships
def test_hiscores_are_recorded_by_updates(sandbox, user):
    times = {row.timestamp for row in sandbox.database.snapshots(user, 0)}
    plays = sandbox.database.plays(user, 0)
    recorded = Counter(play.update_time in times for play in plays)

    assert recorded[True] > 0.85 * len(plays)


@tracked
def test_hits_score_and_level_follow_from_plays(history, mode):
    rows = history(players.HEAVY, mode)

    for earlier, later in pairwise(rows):
        for field in ("count300", "count100", "count50", "level", "count_rank_ss", "count_rank_s", "count_rank_a"):
            assert getattr(later, field) >= getattr(earlier, field) or later.timestamp >= "2026-04" > earlier.timestamp
        assert (later.playcount == earlier.playcount) == (later.total_score == earlier.total_score)
    assert {level_of(int(row.total_score), row.timestamp) for row in rows} == {row.level for row in rows}


@flagships
def test_accuracy_drifts_slowly(history, user):
    values = [row.accuracy for row in history(user)]

    assert 85 < min(values) < max(values) < 100
    assert max(abs(later - earlier) for earlier, later in pairwise(values)) < 1
    assert len(set(values)) > len(values) / 2


def test_flagship_has_one_anomaly_beside_a_rank(sandbox):
    rows = [row for row in sandbox.database.snapshots(players.AMEO, 0) if not row.accuracy]

    assert [(row.pp_raw, row.pp_rank > 0) for row in rows] == [(0, True)]


@pytest.mark.parametrize(
    "total_score, level", [(0, 1), (26_931_190_827, 99.9999), (26_931_190_829, 100), (126_931_190_828, 101)]
)
def test_levels_follow_the_formula_of_osu(total_score, level):
    assert level_of(total_score, "2020-01-01") == pytest.approx(level, abs=0.0002)


@pytest.mark.parametrize("first, last", [(2013, 2018), (2023, 2024), (2025.5, 2026.5)])
def test_same_pp_yield_a_worse_rank_later(first, last):
    before, after = (rank_of(5_000, mode=0, at_s=int((year - 1970) * 365.25 * 86_400)) for year in (first, last))

    assert after > before


def test_rank_never_improves_with_less_pp():
    ranks = [rank_of(pp, mode=0, at_s=1_790_000_000) for pp in range(0, 40_000, 100)]

    assert ranks == sorted(ranks, reverse=True)
    assert ranks[-1] == 1


@pytest.mark.parametrize("user", players.ORDINARY[::6])
def test_snapshots_depend_on_the_day_only(sandbox, now, clock, user):
    clock.move(7 * 3600)
    later = create_sandbox(now=now).state.sandbox

    assert later.database.snapshots(user, 0) == sandbox.database.snapshots(user, 0)
