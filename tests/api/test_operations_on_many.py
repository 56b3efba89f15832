"""The update and the operations on several players of `examples/operations.graphql`; see `test_operations`."""

import pytest
from pytest import approx

from gateway.sandbox import players
from tests.support import expectations as expected
from tests.support.expectations import UNKNOWN_USER
from tests.support.gateway import start_gateway
from tests.support.http_servers import serve_sandbox
from tests.support.operations import OPERATIONS


@pytest.fixture
def osutrack():
    with serve_sandbox() as osutrack:
        yield osutrack


@pytest.fixture
async def gateway(osutrack):
    async with start_gateway({"upstream_url": osutrack.url, "client_points": 60}) as gateway:
        yield gateway


@pytest.fixture
def twin():
    """A second sandbox with the same data: its response to an update is the expected one."""
    with serve_sandbox() as osutrack:
        yield osutrack


async def test_compare_keeps_the_order_of_the_ids(gateway, osutrack):
    ids = [players.AMEO, UNKNOWN_USER, players.HEAVY, players.SINGLE_SNAPSHOT, players.AMEO]

    data = await gateway.ask(OPERATIONS, "Compare", ids=[str(user) for user in ids])

    assert data["users"] == [expected.compared(user, osutrack.history(user)) for user in ids]


async def test_today_returns_best_plays_of_24_hours(gateway, osutrack):
    data = await gateway.ask(OPERATIONS, "Today")

    rows = osutrack.get("/bestplays", **{"from": osutrack.ago(days=1)}, limit=10_000)
    assert data["bestPlays"]["nodes"] == [
        {
            **expected.score(row),
            "user": {"id": str(row["user"]), "profileUrl": f"https://osu.ppy.sh/users/{row['user']}"},
        }
        for row in expected.ranked(rows)[:20]
    ]


async def test_today_reports_its_cost_and_upstream_status(gateway):
    data = await gateway.ask(OPERATIONS, "Today")

    assert data["rateLimit"] == {"cost": 2, "remaining": 58, "resetAt": "2026-11-20T12:00:02.000Z"}
    assert data["status"] == {"upstream": "UP"}


async def test_by_name_returns_the_players_hiscores(gateway, osutrack):
    data = await gateway.ask(OPERATIONS, "ByName")

    rows = expected.ranked(osutrack.get("/hiscores", user="ameo", userMode="username"))
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
async def test_update_returns_the_delta_and_new_snapshot(gateway, osutrack, twin, user):
    data = await gateway.ask(OPERATIONS, "Update", id=str(user))

    expected_update = twin.update(user)
    newest = osutrack.history(user)[-1]
    assert data["updateUser"] == {
        "__typename": "UpdateUserSuccess",
        "firstUpdate": False,
        "leveledUp": expected_update["levelup"],
        "delta": {
            "pp": approx(expected_update["pp_raw"]),
            "ranksGained": -expected_update["pp_rank"],
            "playCount": expected_update["playcount"],
        },
        "newHiscores": [expected.new_hiscore(row) for row in expected_update["newhs"]],
        "stats": {"id": f"{user}:OSU", "latest": {"at": newest["timestamp"], "pp": newest["pp_raw"]}},
    }


@pytest.mark.parametrize("user", [players.UNTRACKED[0], players.NO_SNAPSHOTS])
async def test_first_update_has_no_delta(gateway, osutrack, twin, user):
    data = await gateway.ask(OPERATIONS, "Update", id=str(user))

    expected_update = twin.update(user)
    newest = osutrack.history(user)[-1]
    assert expected_update["first"] is True
    assert data["updateUser"] == {
        "__typename": "UpdateUserSuccess",
        "firstUpdate": True,
        "leveledUp": False,
        "delta": None,
        "newHiscores": [expected.new_hiscore(row) for row in expected_update["newhs"]],
        "stats": {"id": f"{user}:OSU", "latest": {"at": newest["timestamp"], "pp": newest["pp_raw"]}},
    }


async def test_update_distinguishes_unknown_user_and_cooldown(gateway):
    unknown = await gateway.ask(OPERATIONS, "Update", id=str(UNKNOWN_USER))
    await gateway.ask(OPERATIONS, "Update", id="131464")
    second = await gateway.ask(OPERATIONS, "Update", id="131464")

    assert unknown["updateUser"]["__typename"] == "UserNotFound"
    assert second["updateUser"]["__typename"] == "UpdateOnCooldown"
    assert second["updateUser"]["retryAfterSeconds"] == 900
    assert second["updateUser"]["stats"]["latest"]["at"] == "2026-11-20T12:00:00.000Z"
