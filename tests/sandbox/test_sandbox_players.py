"""The players of the sandbox: the rows and anomalies that tests of the gateway rely on."""

from datetime import datetime, timedelta

import pytest

from gateway.sandbox import create_sandbox, players
from gateway.sandbox.rows import format_timestamp


def test_equal_seeds_give_equal_rows(sandbox, now):
    twin = create_sandbox(now=now).state.sandbox

    assert twin.database.best_plays(1) == sandbox.database.best_plays(1)
    assert twin.database.snapshots(players.AMEO, 0) == sandbox.database.snapshots(players.AMEO, 0)


def test_different_seeds_give_different_rows(sandbox, now):
    other = create_sandbox(now=now, seed=2).state.sandbox

    assert other.database.snapshots(players.AMEO, 0) != sandbox.database.snapshots(players.AMEO, 0)


def test_players_have_their_declared_row_counts(sandbox):
    database = sandbox.database
    declared = {player.id: player.row_counts for player in database.players.values()}
    generated = {
        user: {
            mode: players.RowCounts(len(database.snapshots(user, mode)), len(database.plays(user, mode)))
            for mode in counts
        }
        for user, counts in declared.items()
    }

    assert len(declared) >= 60
    assert generated == declared


def test_heavy_player_has_the_longest_lists(sandbox):
    assert sandbox.database.row_counts(players.HEAVY)[0] == players.RowCounts(snapshots=5000, plays=3000)


async def test_best_plays_reach_the_largest_limit(osutrack):
    plays = await osutrack.rows("/bestplays", limit=10000)

    assert len(plays) == 10000
    assert plays == sorted(plays, key=lambda play: -play["pp"])


def test_distinct_best_plays_exceed_the_largest_limit(sandbox):
    plays = {(play.user, play.beatmap_id, play.mods, play.score) for play in sandbox.database.best_plays(0)}

    assert len(plays) > 10000


@pytest.mark.parametrize("days, at_least", [(1, 200), (7, 600)])
async def test_recent_windows_have_several_pages(osutrack, now, days, at_least):
    since = (now() - timedelta(days=days)).isoformat().replace("+00:00", "Z")

    assert len(await osutrack.rows("/bestplays", limit=10000, **{"from": since})) >= at_least


@pytest.mark.parametrize("user", [players.HEAVY, players.AMEO, *players.ORDINARY])
def test_no_row_is_in_the_future(sandbox, user):
    database = sandbox.database
    times = [row.timestamp for row in database.snapshots(user, 0)]
    times += [time for play in database.plays(user, 0) for time in (play.score_time, play.update_time)]

    assert max(times) < format_timestamp(database.now_s())


@pytest.mark.parametrize("user", [players.HEAVY, players.AMEO, players.ORDINARY[-1]])
def test_playcount_and_score_never_decrease(sandbox, user):
    rows = sandbox.database.snapshots(user, 0)

    assert [row.playcount for row in rows] == sorted(row.playcount for row in rows)
    assert [int(row.total_score) for row in rows] == sorted(int(row.total_score) for row in rows)


def test_total_scores_exceed_32_bits(sandbox):
    assert int(sandbox.database.snapshots(players.HEAVY, 0)[-1].total_score) > 10**12
    assert int(sandbox.database.snapshots(players.SINGLE_SNAPSHOT, 0)[0].total_score) > 2**31


def test_single_snapshot(sandbox):
    assert len(sandbox.database.snapshots(players.SINGLE_SNAPSHOT, 0)) == 1


def test_equal_timestamps_come_in_pairs(sandbox):
    rows = sandbox.database.snapshots(players.EQUAL_TIMESTAMPS, 0)

    assert len({row.timestamp for row in rows}) == len(rows) / 2


def test_negative_counts(sandbox):
    row = sandbox.database.snapshots(players.NEGATIVE_COUNTS, 0)[0]

    assert (row.count_rank_ss, row.count_rank_s, row.count_rank_a) == (-1, -2, -3)


async def test_unranked_player_has_rank_0_as_peak(osutrack):
    assert (await osutrack.rows("/peak", user=players.UNRANKED))[0]["best_global_rank"] == 0


def test_anomaly_is_one_row_without_accuracy(sandbox):
    rows = sandbox.database.snapshots(players.ANOMALY, 0)

    assert [row.pp_raw for row in rows if row.accuracy == 0] == [0]


def test_big_numbers_exceed_javascript_integers(sandbox):
    row = sandbox.database.snapshots(players.BIG_NUMBERS, 0)[0]

    assert (row.count300, row.ranked_score) == (3_000_000_000, "9007199254740993")
    assert max(play.score for play in sandbox.database.plays(players.BIG_NUMBERS, 0)) == 5_000_000_000


def test_unknown_values_are_a_mod_and_a_grade(sandbox):
    plays = sandbox.database.plays(players.UNKNOWN_VALUES, 0)

    assert (plays[0].mods, plays[1].rank, plays[2].pp) == (2**31 + 8, "P", 0)


def test_zero_date_is_an_update_time(sandbox):
    assert sandbox.database.plays(players.ZERO_DATE, 0)[0].update_time == "0000-00-00 00:00:00"


def test_reworked_plays_repeat_eight_hours_apart(sandbox):
    first, *_ = plays = sandbox.database.plays(players.REWORKED, 0)
    same = [play for play in plays if (play.beatmap_id, play.score) == (first.beatmap_id, first.score)]
    oldest = min(same, key=lambda play: play.update_time)
    newest = max(same, key=lambda play: play.update_time)

    apart = datetime.fromisoformat(oldest.score_time) - datetime.fromisoformat(newest.score_time)
    assert apart == timedelta(hours=8)
    assert newest.pp != oldest.pp


def test_repeater_has_few_beatmaps(sandbox):
    plays = sandbox.database.plays(players.REPEATER, 0)

    assert len({play.beatmap_id for play in plays}) < len(plays) / 4


def test_mania_only_has_no_other_modes(sandbox):
    assert list(sandbox.database.row_counts(players.MANIA_ONLY)) == [3]
