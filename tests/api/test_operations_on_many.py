"""The operations of `examples/operations.graphql` that are not about one player's ID, and the update; see `test_operations`."""

from pathlib import Path

import pytest
from pytest import approx

from gateway.sandbox import players
from tests.support import expectations as expected
from tests.support.expectations import NOBODY
from tests.support.gateway import start_gateway
from tests.support.http_servers import serve_sandbox

OPERATIONS = (Path(__file__).parents[2] / "examples/operations.graphql").read_text()


@pytest.fixture
def rest():
    with serve_sandbox() as running:
        yield running


@pytest.fixture
async def gateway(rest):
    async with start_gateway({"upstream_url": rest.url, "client_points": 60}) as running:
        yield running


@pytest.fixture
def twin():
    """A second osu!track in which all is as in the first, to ask what an update will say."""
    with serve_sandbox() as running:
        yield running


async def test_compare_gives_each_players_weeks_in_the_order_asked(gateway, rest):
    ids = [players.AMEO, NOBODY, players.HEAVY, players.SINGLE_SNAPSHOT, players.AMEO]

    data = await gateway.ask(OPERATIONS, "Compare", ids=[str(user) for user in ids])

    assert data["users"] == [expected.compared(user, rest.history(user)) for user in ids]


async def test_today_gives_the_best_plays_of_the_last_24_hours(gateway, rest):
    data = await gateway.ask(OPERATIONS, "Today")

    rows = rest.get("/bestplays", **{"from": rest.ago(days=1)}, limit=10_000)
    assert data["bestPlays"]["nodes"] == [
        {
            **expected.score(row),
            "user": {"id": str(row["user"]), "profileUrl": f"https://osu.ppy.sh/users/{row['user']}"},
        }
        for row in expected.ranked(rows)[:20]
    ]


async def test_today_tells_what_it_cost_and_how_osutrack_does(gateway):
    data = await gateway.ask(OPERATIONS, "Today")

    assert data["rateLimit"] == {"cost": 2, "remaining": 58, "resetAt": "2026-11-20T12:00:02.000Z"}
    assert data["status"] == {"upstream": "UP"}


async def test_by_name_gives_the_hiscores_of_whoever_has_the_name(gateway, rest):
    data = await gateway.ask(OPERATIONS, "ByName")

    rows = expected.ranked(rest.get("/hiscores", user="ameo", userMode="username"))
    assert data["hiscoresByUsername"]["nodes"] == [expected.score(row) for row in rows[:5]]


@pytest.mark.parametrize(
    "user",
    [
        players.AMEO,
        players.HEAVY,
        players.SINGLE_SNAPSHOT,
        players.NO_PLAYS,
        players.EQUAL_LAST_ROWS,
        players.BIG_NUMBERS,
    ],
)
async def test_an_update_tells_what_osutracks_answer_says_and_the_newest_snapshot(gateway, rest, twin, user):
    data = await gateway.ask(OPERATIONS, "Update", id=str(user))

    told = twin.update(user)
    newest = rest.history(user)[-1]
    assert data["updateUser"] == {
        "__typename": "UpdateUserSuccess",
        "firstUpdate": False,
        "leveledUp": told["levelup"],
        "delta": {"pp": approx(told["pp_raw"]), "ranksGained": -told["pp_rank"], "playCount": told["playcount"]},
        "newHiscores": [expected.new_hiscore(row) for row in told["newhs"]],
        "stats": {"id": f"{user}:OSU", "latest": {"at": newest["timestamp"], "pp": newest["pp_raw"]}},
    }


@pytest.mark.parametrize("user", [players.UNTRACKED[0], players.NO_SNAPSHOTS])
async def test_a_first_update_has_no_delta(gateway, rest, twin, user):
    data = await gateway.ask(OPERATIONS, "Update", id=str(user))

    told = twin.update(user)
    newest = rest.history(user)[-1]
    assert told["first"] is True
    assert data["updateUser"] == {
        "__typename": "UpdateUserSuccess",
        "firstUpdate": True,
        "leveledUp": False,
        "delta": None,
        "newHiscores": [expected.new_hiscore(row) for row in told["newhs"]],
        "stats": {"id": f"{user}:OSU", "latest": {"at": newest["timestamp"], "pp": newest["pp_raw"]}},
    }


async def test_an_update_of_nobody_and_a_second_update_are_told_apart(gateway):
    nobody = await gateway.ask(OPERATIONS, "Update", id=str(NOBODY))
    await gateway.ask(OPERATIONS, "Update", id="131464")
    again = await gateway.ask(OPERATIONS, "Update", id="131464")

    assert nobody["updateUser"]["__typename"] == "UserNotFound"
    assert again["updateUser"]["__typename"] == "UpdateOnCooldown"
    assert again["updateUser"]["retryAfterSeconds"] == 900
    assert again["updateUser"]["stats"]["latest"]["at"] == "2026-11-20T12:00:00.000Z"
