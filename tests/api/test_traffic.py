"""The number of upstream requests that operations cause."""

import asyncio

import pytest

from gateway.sandbox import Fault, players
from tests.support.operations import LATEST

MANY = "query ($ids: [ID!]!) { users(ids: $ids) { id stats { latest { at } } } }"
HISCORES = """query ($id: ID!, $window: Window) {
  user(id: $id) { stats { hiscores(window: $window, first: 5) { totalCount nodes { playedAt } } } }
}"""


def paths(gateway):
    return sorted(request.path for request in gateway.sandbox.requests)


async def test_fields_of_two_endpoints_cause_two_requests(gateway):
    await gateway.ask("{ user(id: 131464) { stats { latest { pp } hiscores { totalCount } } } }")

    assert paths(gateway) == ["/hiscores", "/stats_history"]


@pytest.mark.parametrize(
    "query",
    [
        "{ user(id: 131464) { stats { peak { globalRank } latest { pp } } } }",
        "{ user(id: 131464) { stats { peak { accuracy pp } } } }",
        "{ user(id: 131464) { stats { peak { accuracy ...F } } } } fragment F on Peak { ppAt }",
        "{ a: user(id: 131464) { stats { peak { accuracy } } } b: users(ids: [131464]) { allStats(modes: [OSU]) { tracked } } }",
        """query ($id: ID! = 131464, $yes: Boolean! = true) { user(id: $id) { stats { peak { accuracy }
          ... @include(if: $yes) { latest { pp } } } } }""",
        "{ user(id: 131464) { stats { peak { accuracy } user { stats { user { stats { tracked } } } } } } }",
    ],
)
async def test_peak_beside_the_history_causes_no_request(gateway, query):
    response = await gateway.send(query)

    assert paths(gateway) == ["/stats_history"]
    assert response["extensions"]["cost"] == {"requested": 1, "charged": 1}


@pytest.mark.parametrize(
    "query,expected",
    [
        ("{ user(id: 131464) { stats { peak { globalRank } } } }", ["/peak"]),
        ("{ user(id: 131464) { stats { peak { accuracy } latest @skip(if: true) { pp } } } }", ["/peak"]),
        (
            """query ($yes: Boolean = false) { user(id: 131464) { stats { peak { accuracy } ...F @include(if: $yes) } } }
            fragment F on UserStats { latest { pp } }""",
            ["/peak"],
        ),
        (
            "{ user(id: 131464) { stats { peak { accuracy } } } b: user(id: 2) { stats { tracked } } }",
            ["/peak", "/stats_history"],
        ),
        (
            "{ user(id: 131464) { stats { peak { accuracy } } b: stats(mode: TAIKO) { tracked } } }",
            ["/peak", "/stats_history"],
        ),
    ],
)
async def test_peak_without_the_history_is_requested(gateway, query, expected):
    await gateway.ask(query)

    assert paths(gateway) == expected


async def test_peaks_of_listed_players_use_their_histories(gateway):
    await gateway.ask("{ bestPlays(first: 9) { nodes { user { stats { peak { accuracy } tracked } } } } }")

    assert set(paths(gateway)) == {"/bestplays", "/stats_history"}


async def test_derived_peak_equals_the_requested_one(gateway):
    fields = "peak { globalRank globalRankAt accuracy accuracyAt }"
    query = "{{ users(ids: {ids}) {{ stats {{ {fields} {more} }} }} }}"
    ids = f"[{', '.join(map(str, [2, 131464, players.EQUAL_TIMESTAMPS, players.UNRANKED, *players.ORDINARY[:9]]))}]"

    requested = await gateway.ask(query.format(ids=ids, fields=fields, more=""))
    gateway.clock.move(10 * 86_400)
    derived = await gateway.ask(query.format(ids=ids, fields=fields, more="tracked"))

    assert [{"stats": {"peak": user["stats"]["peak"]}} for user in derived["users"]] == requested["users"]


async def test_200_concurrent_equal_queries_cause_one_request(gateway):
    responses = await asyncio.gather(*(gateway.ask(LATEST, id="131464") for _ in range(200)))

    assert gateway.sandbox.count() == 1
    assert responses == [responses[0]] * 200


async def test_200_equal_queries_share_one_slow_request(gateway):
    gateway.sandbox.faults = [Fault(kind="latency", seconds=0.05)]

    await asyncio.gather(*(gateway.ask(LATEST, id="131464") for _ in range(200)))

    assert gateway.sandbox.count() == 1


async def test_25_players_cause_one_request_each(gateway):
    ids = [str(user) for user in players.ORDINARY[:25]]

    data = await gateway.ask(MANY, ids=ids)

    assert [user["id"] for user in data["users"]] == ids
    assert sorted(query["user"] for query in gateway.upstream_queries("/stats_history")) == sorted(ids)
    assert gateway.sandbox.count() == 25


async def test_repeated_player_causes_one_request(gateway):
    data = await gateway.ask(MANY, ids=["2", "131464", "2", "2"])

    assert [user["id"] for user in data["users"]] == ["2", "131464", "2", "2"]
    assert data["users"][0] == data["users"][2] == data["users"][3]
    assert gateway.sandbox.count() == 2


async def test_fresh_data_causes_no_second_request(gateway):
    first = await gateway.ask(LATEST, id="131464")
    gateway.clock.move(599)
    second = await gateway.ask(LATEST, id="131464")

    assert first == second
    assert gateway.sandbox.count() == 1


async def test_all_history_windows_share_one_request(gateway):
    await gateway.ask("""{ user(id: 2) { stats {
      latest { at delta { pp } } earliest { at } tracked peak { pp } week: gain(window: {days: 7}) { delta { pp } }
      snapshotAt(at: "2020-01-01T00:00:00Z") { at } day: snapshots(window: {days: 1}) { at }
      old: snapshots(window: {between: {to: "2016-01-01"}}, every: MONTH) { at } gains(every: YEAR) { end { at } }
    } } }""")

    assert [request.path for request in gateway.sandbox.requests].count("/stats_history") == 1


@pytest.mark.parametrize("window", [{"days": 1}, {"between": {"from": "2013-01-01", "to": "2013-01-02"}}])
async def test_hiscores_window_is_local_and_triggers_no_update(gateway, window):
    await gateway.ask(HISCORES, id=str(players.MIXED_CASE), window=window)

    assert gateway.upstream_queries("/hiscores") == [{"user": str(players.MIXED_CASE), "mode": "0"}]
    assert gateway.sandbox.side_effects == []


async def test_window_of_hiscores_by_name_is_local(gateway):
    await gateway.ask("""{ hiscoresByUsername(username: "ameo", window: {days: 1}) { totalCount } }""")

    assert gateway.upstream_queries("/hiscores") == [{"user": "ameo", "mode": "0", "userMode": "username"}]


async def test_all_hiscores_pages_orders_windows_share_one_request(gateway):
    await gateway.ask("""{ user(id: 2) { stats {
      a: hiscores(first: 500) { totalCount } b: hiscores(orderBy: PLAYED_AT_ASC) { totalCount }
      c: hiscores(window: {days: 7}, bestPerBeatmap: true) { totalCount } } } }""")

    assert gateway.sandbox.count() == 1


async def test_empty_hiscores_are_cached_because_requests_update(gateway):
    await gateway.ask(HISCORES, id="4040404")
    gateway.clock.move(899)
    await gateway.ask(HISCORES, id="4040404")

    assert gateway.sandbox.side_effects == [(4040404, 0)]


async def test_one_failing_player_leaves_the_other_four(gateway):
    ids = ["2", "131464", str(players.HISCORES_FAIL), "1003", "1004"]

    response = await gateway.send(
        "query ($ids: [ID!]!) { users(ids: $ids) { stats { hiscores { totalCount } } } }", ids=ids
    )

    counts = [
        user["stats"]["hiscores"] and user["stats"]["hiscores"]["totalCount"] for user in response["data"]["users"]
    ]
    assert [count is None for count in counts] == [False, False, True, False, False]
    assert [error["path"] for error in response["errors"]] == [["users", 2, "stats", "hiscores"]]
    assert response["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"


async def test_failing_endpoint_leaves_fields_of_the_others(gateway):
    gateway.sandbox.faults = [Fault(kind="status", path="/hiscores", status=500)]

    response = await gateway.send("{ user(id: 2) { stats { latest { at } hiscores { totalCount } } } }")

    assert response["data"]["user"]["stats"]["latest"]["at"]
    assert response["data"]["user"]["stats"]["hiscores"] is None
    assert [error["path"] for error in response["errors"]] == [["user", "stats", "hiscores"]]
