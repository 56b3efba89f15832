"""The operations of `examples/operations.graphql` over HTTP, compared with the sandbox's REST responses."""

import pytest

from gateway.sandbox import players
from tests.support import expectations as expected
from tests.support.expectations import MODES, UNKNOWN_USER
from tests.support.gateway import start_gateway
from tests.support.http_servers import serve_sandbox
from tests.support.operations import OPERATIONS

anomalous = [
    "NO_SNAPSHOTS",
    "SINGLE_SNAPSHOT",
    "EQUAL_TIMESTAMPS",
    "NEGATIVE_COUNTS",
    "UNRANKED",
    "INACTIVE",
    "ANOMALY",
    "MIXED_CASE",
    "UNKNOWN_VALUES",
    "ZERO_DATE",
    "REWORKED",
    "REPEATER",
]
ANOMALOUS = [pytest.param(getattr(players, name), 0, id=name) for name in anomalous]
ORDINARY = [
    (players.HEAVY, 0),
    (players.HEAVY, 3),
    (players.AMEO, 0),
    (players.AMEO, 2),
    (1002, 0),
    (1060, 0),
    (UNKNOWN_USER, 0),
]
every_player = pytest.mark.parametrize("user, mode", [*ORDINARY, *ANOMALOUS, (players.MANIA_ONLY, 3)])


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def osutrack():
    with serve_sandbox() as osutrack:
        yield osutrack


@pytest.fixture(scope="module")
async def gateway(osutrack):
    async with start_gateway({"upstream_url": osutrack.url, "client_points": 1000}) as gateway:
        yield gateway


async def profile_of(gateway, user, mode):
    data = await gateway.ask(OPERATIONS, "Profile", id=str(user), mode=MODES[mode])
    return data["user"]["stats"]


@every_player
async def test_profile_has_the_latest_snapshot(gateway, osutrack, user, mode):
    profile = await profile_of(gateway, user, mode)

    assert profile["latest"] == expected.latest(osutrack.history(user, mode))


@every_player
async def test_profile_has_the_gains_of_month_and_year(gateway, osutrack, user, mode):
    profile = await profile_of(gateway, user, mode)

    rows = osutrack.history(user, mode)
    assert profile["month"] == expected.month(rows, osutrack.ago(days=30))
    assert profile["year"] == expected.year(rows, osutrack.ago(days=365))


@every_player
async def test_profile_has_the_peak_values(gateway, osutrack, user, mode):
    profile = await profile_of(gateway, user, mode)

    assert profile["peak"] == expected.peak(osutrack.history(user, mode), osutrack.peak(user, mode))


@every_player
async def test_profile_chart_has_the_last_snapshot_per_day(gateway, osutrack, user, mode):
    profile = await profile_of(gateway, user, mode)

    recent = [row for row in osutrack.history(user, mode) if row["timestamp"] >= osutrack.ago(days=90)]
    assert profile["chart"] == [
        {"at": row["timestamp"], **expected.pp_and_rank(row)} for row in expected.last_of_each(recent, "%Y-%m-%d")
    ]


@every_player
async def test_profile_has_the_hiscores_of_ten_beatmaps(gateway, osutrack, user, mode):
    profile = await profile_of(gateway, user, mode)

    best = expected.best_of_each_beatmap(osutrack.plays(user, mode))
    assert profile["hiscores"]["totalCount"] == len(best)
    assert profile["hiscores"]["pageInfo"]["hasNextPage"] is (len(best) > 10)
    assert profile["hiscores"]["nodes"] == [
        {**expected.score(row), "recordedAt": row["update_time"]} for row in best[:10]
    ]


async def test_profile_has_the_url_and_avatar(gateway):
    data = await gateway.ask(OPERATIONS, "Profile", id="131464")

    assert data["user"]["profileUrl"] == "https://osu.ppy.sh/users/131464"
    assert data["user"]["avatarUrl"] == "https://a.ppy.sh/131464"


async def test_number_beyond_2_53_fails_only_its_snapshot(gateway, osutrack):
    response = await gateway.send(OPERATIONS, "Profile", id=str(players.BIG_NUMBERS))

    stats = response["data"]["user"]["stats"]
    (error,) = response["errors"]
    assert error["path"] == ["user", "stats", "latest", "totalScore"]
    assert error["extensions"]["code"] == "VALUE_OUT_OF_RANGE"
    assert stats["latest"] is None
    assert stats["month"] == expected.month(osutrack.history(players.BIG_NUMBERS), osutrack.ago(days=30))
    assert stats["hiscores"]["nodes"][0] == {
        **expected.score(osutrack.plays(players.BIG_NUMBERS)[0]),
        "recordedAt": osutrack.plays(players.BIG_NUMBERS)[0]["update_time"],
    }


@pytest.mark.parametrize("user", [players.HEAVY, 1012, players.MIXED_CASE, players.MANIA_ONLY, UNKNOWN_USER])
async def test_all_modes_show_the_tracked_ones(gateway, osutrack, user):
    data = await gateway.ask(OPERATIONS, "AllModes", id=str(user))

    rows = {name: osutrack.history(user, mode) for mode, name in enumerate(MODES)}
    assert data["user"]["allStats"] == [
        {
            "id": f"{user}:{name}",
            "mode": name,
            "tracked": bool(rows[name]),
            "latest": expected.pp_and_rank(rows[name][-1]) if rows[name] else None,
        }
        for name in MODES
    ]


@pytest.mark.parametrize("at", ["2020-02-29T12:00:00Z", "2024-01-01T00:00:00+14:00", "2026-11-20T12:00:00Z"])
@pytest.mark.parametrize(
    "user",
    [players.HEAVY, players.AMEO, players.EQUAL_TIMESTAMPS, players.SINGLE_SNAPSHOT, players.UNRANKED, UNKNOWN_USER],
)
async def test_on_this_day_returns_snapshot_at_an_instant(gateway, osutrack, user, at):
    data = await gateway.ask(OPERATIONS, "OnThisDay", id=str(user), at=at)

    rows = osutrack.history(user)
    assert data["user"]["stats"]["snapshotAt"] == expected.snapshot_at(rows, at)
    assert data["user"]["stats"]["earliest"] == ({"at": rows[0]["timestamp"]} if rows else None)
