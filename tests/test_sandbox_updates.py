"""Updates in the sandbox: first ones, changes, and the newest row that moves."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gateway.sandbox import create_sandbox, players

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(clock):
    return create_sandbox(now=clock)


@pytest.fixture
async def osutrack(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://osutrack") as client:
        yield client


async def update(client, user, mode=0):
    return (await client.post("/update", params={"user": user, "mode": mode})).json()


async def history(client, user):
    return (await client.get("/stats_history", params={"user": user, "mode": 0})).json()


async def test_a_change_is_told_as_differences_with_the_mode_as_text(osutrack):
    before = (await history(osutrack, players.MIXED_CASE))[-1]

    answer = await update(osutrack, players.MIXED_CASE)

    after = (await history(osutrack, players.MIXED_CASE))[-1]
    assert answer["mode"] == "0"
    assert answer["playcount"] == after["playcount"] - before["playcount"]
    assert answer["total_score"] == int(after["total_score"]) - int(before["total_score"])


async def test_no_change_is_told_with_the_mode_as_a_number(osutrack):
    answer = await update(osutrack, players.UNCHANGED)

    assert (answer["mode"], answer["playcount"], answer["newhs"]) == (0, 0, [])


async def test_a_first_update_tells_absolute_values(osutrack):
    answer = await update(osutrack, players.UNTRACKED[1])

    [snapshot] = await history(osutrack, players.UNTRACKED[1])
    assert (answer["first"], answer["levelup"]) == (True, False)
    assert (answer["pp_raw"], answer["playcount"]) == (snapshot["pp_raw"], snapshot["playcount"])


async def test_a_first_update_in_another_mode_is_a_first_update(osutrack):
    answer = await update(osutrack, players.MIXED_CASE, mode=3)

    assert (answer["first"], len(answer["newhs"])) == (True, 12)


async def test_new_hiscores_are_text_but_for_their_place(osutrack):
    newhs = (await update(osutrack, players.UNTRACKED[1]))["newhs"]

    assert [play["ranking"] for play in newhs] == [0, 8, 16, 25, 33, 41, 50, 58, 66, 75, 83, 91]
    assert {type(value) for play in newhs for name, value in play.items() if name != "ranking"} == {str}


async def test_some_new_hiscores_lack_what_came_later(osutrack):
    newhs = (await update(osutrack, players.UNTRACKED[1]))["newhs"]

    assert [("score_id" in play, "is_classic" in play) for play in newhs[:3]] == [(True, True)] * 2 + [(False, False)]


async def test_new_hiscores_are_found_afterwards(osutrack):
    newhs = (await update(osutrack, players.MIXED_CASE))["newhs"]

    plays = (await osutrack.get(f"/hiscores?user={players.MIXED_CASE}&mode=0")).json()
    assert {int(play["beatmap_id"]) for play in newhs} <= {play["beatmap_id"] for play in plays}


async def test_new_hiscores_reach_the_best_plays(osutrack):
    before = (await osutrack.get("/bestplays?mode=2&limit=10000")).json()

    newhs = (await update(osutrack, players.HEAVY, mode=2))["newhs"]

    assert len((await osutrack.get("/bestplays?mode=2&limit=10000")).json()) == len(before) + len(newhs)


async def test_the_second_equal_row_is_added_and_then_moves(osutrack, clock):
    lengths, newest = [], []
    for _ in range(3):
        clock.now += timedelta(minutes=1)
        await update(osutrack, players.UNCHANGED)
        rows = await history(osutrack, players.UNCHANGED)
        lengths.append(len(rows))
        newest.append(rows[-1]["timestamp"])

    assert lengths == [91, 91, 91]
    assert newest == [f"2026-11-24T12:0{minute}:00.000Z" for minute in (1, 2, 3)]


async def test_a_settled_player_has_a_newest_row_that_moves_at_once(osutrack, clock):
    before = await history(osutrack, players.EQUAL_LAST_ROWS)

    await update(osutrack, players.EQUAL_LAST_ROWS)

    after = await history(osutrack, players.EQUAL_LAST_ROWS)
    assert after == [*before[:-1], before[-1] | {"timestamp": "2026-11-24T12:00:00.000Z"}]


async def test_an_unranked_player_gets_no_snapshot(osutrack):
    before = await history(osutrack, players.INACTIVE)

    await update(osutrack, players.INACTIVE)

    assert await history(osutrack, players.INACTIVE) == before


async def test_with_limits_the_sixth_update_of_a_minute_is_refused(clock):
    transport = httpx.ASGITransport(create_sandbox(now=clock, rate_limits=True))
    async with httpx.AsyncClient(transport=transport, base_url="http://osutrack") as client:
        answers = [await client.post("/update?user=2&mode=2") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "60"


async def test_without_limits_it_bears_any_number(osutrack):
    answers = [await osutrack.post("/update?user=2&mode=2") for _ in range(6)]

    assert {answer.status_code for answer in answers} == {200}
