"""Who lives in the sandbox: what a test of the gateway may rely on."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gateway.sandbox import create_sandbox, players

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

pytestmark = pytest.mark.anyio


def noon():
    return NOON


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def app():
    return create_sandbox(now=noon)


@pytest.fixture
def sandbox(app):
    return app.state.sandbox


@pytest.fixture
async def osutrack(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://osutrack") as client:
        yield client


async def rows(client, path, **params):
    return (await client.get(path, params={"mode": 0} | params)).json()


def test_equal_seeds_give_equal_rows(sandbox):
    twin = create_sandbox(now=noon).state.sandbox

    assert twin.database.best_plays(1) == sandbox.database.best_plays(1)
    assert twin.database.snapshots(players.AMEO, 0) == sandbox.database.snapshots(players.AMEO, 0)


def test_another_seed_gives_other_rows(sandbox):
    other = create_sandbox(now=noon, seed=2).state.sandbox

    assert other.database.snapshots(players.AMEO, 0) != sandbox.database.snapshots(players.AMEO, 0)


def test_the_cast_has_sixty_players_and_more_who_all_have_the_rows_they_announce(sandbox):
    database = sandbox.database
    announced = {player.id: player.row_counts for player in database.players.values()}
    written = {
        user: {
            mode: players.RowCounts(len(database.snapshots(user, mode)), len(database.plays(user, mode)))
            for mode in sizes
        }
        for user, sizes in announced.items()
    }

    assert len(announced) >= 60
    assert written == announced


def test_the_heavy_player_has_the_longest_lists(sandbox):
    assert sandbox.database.row_counts(players.HEAVY)[0] == players.RowCounts(snapshots=5000, plays=3000)


async def test_there_are_ten_thousand_different_best_plays(osutrack):
    plays = await rows(osutrack, "/bestplays", limit=10000)

    assert len(plays) == 10000
    assert plays == sorted(plays, key=lambda play: -play["pp"])


def test_more_than_ten_thousand_plays_are_left_without_their_repetitions(sandbox):
    plays = {(play.user, play.beatmap_id, play.mods, play.score) for play in sandbox.database.best_plays(0)}

    assert len(plays) > 10000


@pytest.mark.parametrize("days, at_least", [(1, 200), (7, 600)])
async def test_recent_windows_have_pages_of_best_plays(osutrack, days, at_least):
    since = (NOON - timedelta(days=days)).isoformat().replace("+00:00", "Z")

    assert len(await rows(osutrack, "/bestplays", limit=10000, **{"from": since})) >= at_least


@pytest.mark.parametrize("user", [players.HEAVY, players.AMEO, *players.ORDINARY])
def test_nothing_lies_in_the_future(sandbox, user):
    database = sandbox.database
    moments = [row.timestamp for row in database.snapshots(user, 0)]
    moments += [moment for play in database.plays(user, 0) for moment in (play.score_time, play.update_time)]

    assert max(moments) < "2026-11-24T12:00:00.000Z"


@pytest.mark.parametrize("user", [players.HEAVY, players.AMEO, players.ORDINARY[-1]])
def test_careers_only_grow(sandbox, user):
    rows = sandbox.database.snapshots(user, 0)

    assert [row.playcount for row in rows] == sorted(row.playcount for row in rows)
    assert [int(row.total_score) for row in rows] == sorted(int(row.total_score) for row in rows)


def test_total_scores_need_more_than_32_bits(sandbox):
    assert int(sandbox.database.snapshots(players.HEAVY, 0)[-1].total_score) > 10**12
    assert int(sandbox.database.snapshots(players.SINGLE_SNAPSHOT, 0)[0].total_score) > 2**31


def test_single_has_one_snapshot(sandbox):
    assert len(sandbox.database.snapshots(players.SINGLE_SNAPSHOT, 0)) == 1


def test_twins_share_their_timestamps(sandbox):
    rows = sandbox.database.snapshots(players.EQUAL_TIMESTAMPS, 0)

    assert len({row.timestamp for row in rows}) == len(rows) / 2


def test_negative_has_counts_below_zero(sandbox):
    row = sandbox.database.snapshots(players.NEGATIVE_COUNTS, 0)[0]

    assert (row.count_rank_ss, row.count_rank_s, row.count_rank_a) == (-1, -2, -3)


async def test_unranked_has_a_peak_of_rank_0(osutrack):
    assert (await rows(osutrack, "/peak", user=players.UNRANKED))[0]["best_global_rank"] == 0


def test_blip_has_one_row_without_accuracy(sandbox):
    assert [row.pp_raw for row in sandbox.database.snapshots(players.ANOMALY, 0) if row.accuracy == 0] == [0]


def test_big_has_numbers_that_javascript_could_not_hold(sandbox):
    row = sandbox.database.snapshots(players.BIG_NUMBERS, 0)[0]

    assert (row.count300, row.ranked_score) == (3_000_000_000, "9007199254740993")
    assert max(play.score for play in sandbox.database.plays(players.BIG_NUMBERS, 0)) == 5_000_000_000


def test_strange_has_a_mod_and_a_grade_nobody_knows(sandbox):
    plays = sandbox.database.plays(players.UNKNOWN_VALUES, 0)

    assert (plays[0].mods, plays[1].rank, plays[2].pp) == (2**31 + 8, "P", 0)


def test_zero_date_was_recorded_never(sandbox):
    assert sandbox.database.plays(players.ZERO_DATE, 0)[0].update_time == "0000-00-00 00:00:00"


def test_reworked_has_each_play_again_eight_hours_apart(sandbox):
    first, *_ = plays = sandbox.database.plays(players.REWORKED, 0)
    same = [play for play in plays if (play.beatmap_id, play.score) == (first.beatmap_id, first.score)]
    oldest = min(same, key=lambda play: play.update_time)
    newest = max(same, key=lambda play: play.update_time)

    apart = datetime.fromisoformat(oldest.score_time) - datetime.fromisoformat(newest.score_time)
    assert apart == timedelta(hours=8)
    assert newest.pp != oldest.pp


def test_repeater_plays_few_beatmaps(sandbox):
    plays = sandbox.database.plays(players.REPEATER, 0)

    assert len({play.beatmap_id for play in plays}) < len(plays) / 4


def test_mania_only_has_nothing_elsewhere(sandbox):
    assert list(sandbox.database.row_counts(players.MANIA_ONLY)) == [3]
