"""Two replicas with one Redis share cache, updates, cooldowns, budgets and documents."""

import asyncio

import pytest

from gateway.records import Mode, UserMode
from gateway.sandbox import Fault, players
from tests.support.clock import HOUR_S
from tests.support.cluster import Cluster, skip_start
from tests.support.operations import HISCORES, LATEST
from tests.support.redis_server import redis_server
from tests.support.waiting import eventually

EVERYTHING = """query ($id: ID!) {
  user(id: $id) { stats { latest { at pp delta { pp } } peak { globalRank } hiscores(first: 50) { nodes { pp mods { label } } } } }
  bestPlays(window: {days: 1}, first: 20) { nodes { pp user { id } } }
  hiscoresByUsername(username: "ameo", first: 5) { nodes { pp } }
}"""
UPDATE = "mutation ($id: ID!) { updateUser(id: $id) { __typename ... on UpdateUserSuccess { delta { pp } newHiscores { pp } } } }"
AMEO = str(players.AMEO)


@pytest.fixture
def cluster(tmp_path, clock):
    with redis_server(tmp_path) as server:
        yield Cluster(server.url, clock)


@pytest.fixture
async def two(cluster):
    async with cluster.replica() as one, cluster.replica() as other:
        yield one, other


async def test_replica_states_the_cooldown_of_the_other(two):
    one, other = two
    query = "query ($id: ID!) { user(id: $id) { stats { nextUpdateAt } } }"
    assert (await other.ask(query, id=AMEO))["user"]["stats"]["nextUpdateAt"] is None
    await one.ask(UPDATE, id=AMEO)
    for _ in range(4):  # compiled too
        times = [(await each.ask(query, id=AMEO))["user"]["stats"]["nextUpdateAt"] for each in two]
        # Redis counts in real time.
        assert all("2026-11-20T12:14:5" <= time <= "2026-11-20T12:15:00.000Z" for time in times)


async def test_replica_reuses_data_of_the_other(two):
    one, other = two
    first = await one.ask(EVERYTHING, id=AMEO)
    one.sandbox.reset_counts()

    second = await other.send(EVERYTHING, id=AMEO)

    assert second["data"] == first
    assert second["extensions"]["cost"]["charged"] == 0
    assert one.sandbox.count() == 0


async def test_ranking_has_players_of_the_other_replica(two):
    one, other = two
    query = f'{{ ranking(ids: ["{AMEO}"], by: PP) {{ entries {{ position }} pending }} }}'
    await one.ask(query)
    await one.finish_loads()

    response = await other.send(query)

    assert response["data"]["ranking"] == {"entries": [{"position": 1}], "pending": []}
    assert response["extensions"]["cost"]["charged"] == 0


async def test_equal_cold_queries_cause_one_load(two):
    one, other = two
    one.sandbox.faults = [Fault(kind="latency", path="/stats_history", seconds=0.2)]

    responses = await asyncio.gather(*(gateway.ask(LATEST, id=AMEO) for gateway in [one, other] * 20))

    assert all(response == responses[0] for response in responses)
    assert one.sandbox.count("/stats_history") == 1


async def test_update_is_visible_to_the_other_replica(two):
    one, other = two
    before = await other.ask(LATEST, id=AMEO)
    await other.ask(LATEST, id=AMEO)

    await one.ask(UPDATE, id=AMEO)
    after = await other.ask(LATEST, id=AMEO)

    assert after["user"]["stats"]["latest"]["at"] == "2026-11-20T12:00:00.000Z"
    assert before["user"]["stats"]["latest"]["at"] < "2026-11-20T12:00:00.000Z"


async def test_refresh_by_one_replica_serves_both(two):
    one, other = two
    await one.ask(LATEST, id=AMEO)
    await other.ask(LATEST, id=AMEO)
    one.clock.move(601)
    one.sandbox.reset_counts()

    for gateway in (one, other):
        assert (await gateway.send(LATEST, id=AMEO))["extensions"]["revalidating"]
        await gateway.finish_refreshes()

    assert one.sandbox.count("/stats_history") == 1


async def test_visits_of_alternating_replicas_get_current_data(two):
    for gateway in [*two, *two]:
        gateway.clock.move(22 * HOUR_S)
        await gateway.parts.upstream._http.post("/update", params={"user": AMEO, "mode": 0})  # noqa: SLF001
        response = await gateway.send(LATEST, id=AMEO)
        newest = gateway.sandbox.database.snapshots(players.AMEO, 0)[-1]
        assert response["data"]["user"]["stats"]["latest"]["at"] == newest.timestamp
        assert set(response["extensions"]) == {"cost"}


async def test_stale_data_is_refreshed_once_for_both(two):
    for gateway in two:
        await gateway.ask(LATEST, id=AMEO)
    two[0].clock.move(HOUR_S)
    two[0].sandbox.reset_counts()

    responses = await asyncio.gather(*(gateway.send(LATEST, id=AMEO) for gateway in [*two] * 5))

    assert [response["extensions"].keys() for response in responses] == [{"cost"}] * 10
    assert two[0].sandbox.count("/stats_history") == 1


async def test_refresh_slower_than_its_readers_serves_both(two):
    one, _ = two
    await one.ask(LATEST, id=AMEO)
    one.clock.move(HOUR_S)
    one.sandbox.reset_counts()
    one.sandbox.faults = [Fault(kind="latency", path="/stats_history", seconds=3.3)]

    responses = await asyncio.gather(*(gateway.send(LATEST, id=AMEO) for gateway in two))
    for gateway in two:
        await gateway.finish_refreshes()
    later = [await gateway.send(LATEST, id=AMEO) for gateway in two]

    assert [response["extensions"]["warnings"][0]["code"] for response in responses] == ["STALE_DATA"] * 2
    assert [response["extensions"].keys() for response in later] == [{"cost"}] * 2
    assert one.sandbox.count("/stats_history") == 1


async def test_overlapping_updates_are_sent_once_with_one_result(two):
    one, other = two
    one.sandbox.faults = [Fault(kind="latency", path="/update", seconds=0.2)]

    responses = await asyncio.gather(*(gateway.ask(UPDATE, id=AMEO) for gateway in [one, other] * 5))

    assert responses[0]["updateUser"]["__typename"] == "UpdateUserSuccess"
    assert responses[0]["updateUser"]["newHiscores"]
    assert all(response == responses[0] for response in responses)
    assert one.sandbox.updates == [(131464, 0)]


async def test_abandoned_update_finishes_before_its_replica_stops(cluster):
    cluster.sandbox.faults = [Fault(kind="latency", path="/update", seconds=0.3)]
    async with cluster.replica() as other:
        await other.ask(LATEST, id=AMEO)
        async with cluster.replica() as one:
            request = asyncio.create_task(one.ask(UPDATE, id=AMEO))
            await eventually(lambda: cluster.sandbox.count("/update") == 1)
            request.cancel()
        after = await other.ask(LATEST, id=AMEO)

    assert after["user"]["stats"]["latest"]["at"] == "2026-11-20T12:00:00.000Z"


async def test_failed_update_fails_on_both_replicas(cluster, two):
    cluster.sandbox.faults = [
        Fault(kind="latency", path="/update", seconds=0.1),
        Fault(kind="status", path="/update", status=500),
    ]

    responses = await asyncio.gather(*(gateway.error(UPDATE, id=AMEO) for gateway in two))

    assert [response["extensions"]["code"] for response in responses] == ["UPDATE_OUTCOME_UNKNOWN"] * 2
    assert cluster.sandbox.count("/update") == 1


async def test_joined_update_has_the_username(two):
    one, other = two
    one.sandbox.faults = [Fault(kind="latency", path="/update", seconds=0.2)]
    query = "mutation { updateUser(id: 131464) { ... on UpdateUserSuccess { user { username } } } }"

    answers = await asyncio.gather(*(gateway.ask(query) for gateway in (one, other)))

    assert answers == [{"updateUser": {"user": {"username": "ameo"}}}] * 2
    assert one.sandbox.count("/update") == 1


async def test_unknown_outcome_shortens_freshness_on_both_replicas(two):
    one, other = two
    one.sandbox.faults = [Fault(kind="status", path="/update", status=500)]
    await one.error(UPDATE, id=AMEO)
    await eventually(lambda: UserMode(players.AMEO, Mode.OSU) in other.parts.tracker.unsettled)
    await other.ask(LATEST, id=AMEO)
    one.sandbox.reset_counts()
    one.clock.move(15)

    await one.ask(LATEST, id=AMEO)
    await other.ask(LATEST, id=AMEO)

    assert one.sandbox.count("/stats_history") == 1


async def test_implicit_update_starts_the_cooldown_on_both_replicas(two):
    one, other = two
    fresh = str(players.UNTRACKED[0])
    one.sandbox.faults = [Fault(kind="latency", path="/hiscores", seconds=0.2)]
    reading = asyncio.create_task(one.ask(HISCORES, id=fresh))
    await eventually(lambda: one.sandbox.count("/hiscores") == 1)

    refused = await other.ask(UPDATE, id=fresh)

    assert (await reading)["user"]["stats"]["hiscores"]["totalCount"] == 12
    assert refused["updateUser"]["__typename"] == "UpdateOnCooldown"
    assert (await other.ask(HISCORES, id=fresh))["user"]["stats"]["hiscores"]["totalCount"] == 12
    assert (one.sandbox.updates, len(one.sandbox.side_effects)) == ([], 1)


async def test_failing_hiscores_update_once_on_both_replicas(two):
    failing = str(players.HISCORES_FAIL)

    errors = [await gateway.error(HISCORES, id=failing) for gateway in two * 3]

    assert [error["extensions"]["code"] for error in errors[1:]] == ["UPSTREAM_BUSY"] * 5
    assert len(two[0].sandbox.side_effects) == 1


async def test_cooldown_holds_on_both_replicas(two):
    one, other = two
    await one.ask(UPDATE, id=AMEO)

    refused = await other.ask(UPDATE, id=AMEO)
    one.clock.move(901)
    later = await other.ask(UPDATE, id=AMEO)

    assert refused["updateUser"]["__typename"] == "UpdateOnCooldown"
    assert later["updateUser"]["__typename"] == "UpdateUserSuccess"
    assert len(one.sandbox.updates) == 2


async def test_nonexistent_user_is_requested_once(cluster, two):
    unknown = "999999999"

    outcomes = [(await gateway.ask(UPDATE, id=unknown))["updateUser"]["__typename"] for gateway in [*two, *two]]

    assert outcomes == ["UserNotFound"] * 4
    assert cluster.sandbox.count("/update") == 1


async def test_registered_document_is_known_to_both_replicas(two):
    one, other = two
    text = "{ __typename }"
    named = {
        "persistedQuery": {
            "version": 1,
            "sha256Hash": "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b",
        }
    }
    unknown = await other.http.post("/graphql", json={"extensions": named})

    await one.http.post("/graphql", json={"query": text, "extensions": named})
    known = await other.http.post("/graphql", json={"extensions": named})

    assert unknown.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert known.json()["data"] == {"__typename": "Query"}


async def test_replicas_share_one_budget(cluster):
    async with cluster.replica(reads_per_minute=10) as one, cluster.replica(reads_per_minute=10) as other:
        await skip_start(one)
        user_ids = cluster.sandbox.players[:16]
        responses = await asyncio.gather(
            *(
                gateway.send_from(f"10.0.0.{number}", LATEST, id=str(player))
                for number, player in enumerate(user_ids)
                for gateway in (one, other)
            )
        )

    refused = [response["errors"][0]["extensions"]["code"] for response in responses if "errors" in response]
    assert cluster.sandbox.count("/stats_history") == 10
    assert refused == ["UPSTREAM_BUSY"] * 12


async def test_429_pauses_the_other_replica_too(two):
    one, other = two
    one.sandbox.faults = [Fault(kind="status", path="/stats_history", status=429, times=1)]

    await one.error(LATEST, id=AMEO)
    budget = other.parts.upstream.rate_limiter.budgets["reads"]
    await eventually(lambda: budget.paused_s > 0)
    refused = await other.error(LATEST, id="2")
    status = await other.ask("{ status { classes { state } } }")

    assert refused["extensions"]["code"] == "UPSTREAM_BUSY"
    assert status["status"]["classes"][0] == {"state": "DEGRADED"}
    assert (await other.http.get("/readyz")).json()["causes"]["reads"].startswith("osu!track's rate limit is reached.")
    assert one.sandbox.count("/stats_history") == 1


async def test_restarted_replica_requests_no_cached_data(cluster):
    async with cluster.replica() as gateway:
        before = await gateway.ask(EVERYTHING, id=AMEO)
    cluster.sandbox.reset_counts()

    async with cluster.replica() as gateway:
        after = await gateway.ask(EVERYTHING, id=AMEO)

    assert after == before
    assert cluster.sandbox.count() == 0


async def test_block_needs_one_refusal_at_the_other_replica(two):
    one, other = two
    one.sandbox.faults = [Fault(kind="status", status=403)]

    for player in range(1001, 1006):
        await one.error(LATEST, id=str(player))
    detector = other.parts.upstream.breakers["reads"]._block  # noqa: SLF001
    await eventually(lambda: detector._expecting)  # noqa: SLF001
    one.sandbox.reset_counts()
    refused = [await other.error(LATEST, id=str(player)) for player in (1006, 1007)]

    assert refused[1]["extensions"] | {"requestId": ""} == {
        "code": "UPSTREAM_UNAVAILABLE",
        "retryable": True,
        "retryAfterSeconds": 120,
        "requestId": "",
    }
    assert one.sandbox.counts()["paths"] == {"/stats_history": 1, "/peak": 1}
