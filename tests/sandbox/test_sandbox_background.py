"""Background updates of the sandbox: rows that appear or move without a request."""

import pytest

from gateway.sandbox import BackgroundJob, players

DAY_S = 86_400


async def timestamps(osutrack, user):
    return [row["timestamp"] for row in await osutrack.rows("/stats_history", user=user)]


async def test_background_job_adds_a_row_per_interval(osutrack, sandbox, clock):
    before = await timestamps(osutrack, players.AMEO)
    sandbox.background = [BackgroundJob(user=players.AMEO)]

    clock.move(2.5 * DAY_S)

    added = ["2026-11-21T12:00:00.000Z", "2026-11-22T12:00:00.000Z"]
    assert await timestamps(osutrack, players.AMEO) == before + added


async def test_background_job_without_change_moves_the_newest_row(osutrack, sandbox, clock):
    before = await timestamps(osutrack, players.AMEO)
    sandbox.background = [BackgroundJob(user=players.AMEO, interval_s=60, changed=False)]

    clock.move(60)
    repeated = await timestamps(osutrack, players.AMEO)
    clock.move(60)

    assert repeated == [*before, "2026-11-20T12:01:00.000Z"]
    assert await timestamps(osutrack, players.AMEO) == [*before, "2026-11-20T12:02:00.000Z"]


async def test_background_job_adds_hiscores_and_best_plays(osutrack, sandbox, clock):
    best_plays = await osutrack.rows("/bestplays", mode=2, limit=10000)
    hiscores = await osutrack.rows("/hiscores", user=players.HEAVY, mode=2)
    sandbox.background = [BackgroundJob(user=players.HEAVY, mode=2, interval_s=60)]

    clock.move(60)

    assert len(await osutrack.rows("/hiscores", user=players.HEAVY, mode=2)) == len(hiscores) + 2
    assert len(await osutrack.rows("/bestplays", mode=2, limit=10000)) == len(best_plays) + 2


async def test_background_job_moves_the_time_of_a_peak(osutrack, sandbox, clock):
    [before] = await osutrack.rows("/peak", user=players.SINGLE_SNAPSHOT)
    sandbox.background = [BackgroundJob(user=players.SINGLE_SNAPSHOT, interval_s=60, changed=False)]

    clock.move(60)

    [after] = await osutrack.rows("/peak", user=players.SINGLE_SNAPSHOT)
    moved = {"best_rank_timestamp": "2026-11-20T12:01:00.000Z", "best_acc_timestamp": "2026-11-20T12:01:00.000Z"}
    assert after == before | moved


async def test_background_job_tracks_an_untracked_player(osutrack, sandbox, clock):
    sandbox.background = [BackgroundJob(user=players.UNTRACKED[0], mode=3, interval_s=60)]

    clock.move(60)

    assert len(await osutrack.rows("/stats_history", user=players.UNTRACKED[0], mode=3)) == 1


async def test_background_job_of_an_unknown_player_does_nothing(osutrack, sandbox, clock):
    sandbox.background = [BackgroundJob(user=4040404, interval_s=60)]

    clock.move(60)

    assert await timestamps(osutrack, 4040404) == []


async def test_background_update_is_no_request(osutrack, sandbox):
    before = await timestamps(osutrack, players.AMEO)

    sandbox.update_in_background(players.AMEO)

    assert await timestamps(osutrack, players.AMEO) == [*before, "2026-11-20T12:00:00.000Z"]
    assert (sandbox.count("/update"), sandbox.backend_calls) == (0, [])


async def test_jobs_of_one_player_alternate_by_time(osutrack, sandbox, clock):
    sandbox.background = [BackgroundJob(user=1001, interval_s=60), BackgroundJob(user=1001, interval_s=90)]

    clock.move(180)

    times = [text[11:19] for text in (await timestamps(osutrack, 1001))[-5:]]
    assert times == ["12:01:00", "12:01:30", "12:02:00", "12:03:00", "12:03:00"]


async def test_background_is_set_and_cleared_over_http(osutrack, sandbox, clock):
    put = await osutrack.put("/_sandbox/background", json={"user": players.AMEO, "interval_s": 60})
    read = await osutrack.get("/_sandbox/background")
    deleted = await osutrack.delete("/_sandbox/background")

    assert put.json() == read.json() == [{"user": players.AMEO, "mode": 0, "interval_s": 60.0, "changed": True}]
    assert (deleted.status_code, sandbox.background) == (204, ())


@pytest.mark.parametrize("body", [{"user": 0}, {"user": 2, "mode": 4}, {"user": 2, "interval_s": 0}, {"player": 2}])
async def test_invalid_background_job_is_refused(osutrack, body):
    response = await osutrack.put("/_sandbox/background", json=body)

    assert (response.status_code, "error" in response.json()) == (400, True)
