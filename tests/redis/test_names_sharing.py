"""Two replicas with one Redis agree about names, also after outages of Redis."""

import asyncio
from dataclasses import replace

import pytest

from gateway.sandbox import NAMES_PATH, Fault, players
from tests.support.clock import DAY_S, HOUR_S
from tests.support.cluster import Cluster
from tests.support.gateway import NAMES
from tests.support.operations import UPDATE
from tests.support.redis_server import redis_server
from tests.support.waiting import eventually

USERNAME = "query ($id: ID!) { user(id: $id) { username } }"
BY_NAME = "query ($username: String!) { userByName(username: $username) { id } }"
LISTED = '{ users(ids: ["131464", "2"]) { username } }'
AMEO = str(players.AMEO)


@pytest.fixture
def server(tmp_path):
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def cluster(server, clock):
    return Cluster(server.url, clock)


@pytest.fixture
async def two(cluster):
    async with cluster.replica() as one, cluster.replica() as other:
        yield one, other


def rename(gateway, name):
    known = gateway.sandbox.database.players
    known[players.AMEO] = replace(known[players.AMEO], username=name)


async def names(gateway):
    listed = (await gateway.ask(LISTED))["users"][0]["username"]
    return (await gateway.ask(USERNAME, id=AMEO))["user"]["username"], listed


async def test_name_is_known_to_both_replicas(two):
    one, other = two
    assert await names(other) == (None, None)

    await one.ask(UPDATE, id=AMEO)

    assert await names(one) == await names(other) == ("ameo", "ameo")
    assert await other.ask(BY_NAME, username="AMEO") == {"userByName": {"id": AMEO}}


async def test_cached_response_of_other_replica_shows_new_name(two):
    one, other = two
    await one.ask(UPDATE, id=AMEO)
    await names(other)
    await names(other)
    one.clock.move(900)
    await names(other)
    await other.ask(BY_NAME, username="ameo")

    rename(one, "renamed")
    await one.ask(UPDATE, id=AMEO)

    assert await names(other) == ("renamed", "renamed")
    assert await other.ask(BY_NAME, username="renamed") == {"userByName": {"id": AMEO}}
    assert await other.ask(BY_NAME, username="ameo") == {"userByName": None}


async def test_restarted_replica_knows_the_names(cluster):
    async with cluster.replica() as gateway:
        await gateway.ask(UPDATE, id=AMEO)

    async with cluster.replica() as gateway:
        assert await names(gateway) == ("ameo", "ameo")


@pytest.mark.parametrize(
    "query,subject,key,lifetime_s",
    [
        (UPDATE, {"id": AMEO}, "username:131464", 30 * DAY_S),
        (UPDATE, {"id": AMEO}, "user-id:ameo", 30 * DAY_S),
        (USERNAME, {"id": AMEO}, "username:131464", DAY_S),
        (USERNAME, {"id": "7"}, "username:7", HOUR_S),
        (BY_NAME, {"username": "ameo"}, "user-id:ameo", DAY_S),
        (BY_NAME, {"username": "nobody"}, "user-id:nobody", HOUR_S),
    ],
)
async def test_redis_keeps_names_for_their_lifetime(cluster, query, subject, key, lifetime_s):
    async with cluster.replica(**NAMES) as gateway:
        await gateway.ask(query, **subject)
        left_s = await gateway.parts.redis_link.run(lambda redis: redis.ttl(f"osutrack-gateway:{key}"))

    assert lifetime_s - 60 < left_s <= lifetime_s


async def test_replicas_share_lookups(cluster):
    async with cluster.replica(**NAMES) as one, cluster.replica(**NAMES) as other:
        found = [await gateway.ask(USERNAME, id=AMEO) for gateway in (one, other)]
        missing = [await gateway.ask(BY_NAME, username="nobody") for gateway in (one, other)]

        assert found == [{"user": {"username": "ameo"}}] * 2
        assert missing == [{"userByName": None}] * 2
        assert len(one.lookups()) == 2


async def test_equal_lookups_are_sent_once(cluster):
    async with cluster.replica(**NAMES) as one, cluster.replica(**NAMES) as other:
        one.sandbox.faults = [Fault(kind="latency", path=NAMES_PATH, seconds=0.2)]
        await asyncio.gather(*(gateway.ask(USERNAME, id=AMEO) for gateway in [one, other] * 5))

        assert len(one.lookups()) == 1


async def test_update_wins_against_lookup_of_other_replica(cluster):
    async with cluster.replica(**NAMES) as one, cluster.replica(**NAMES) as other:
        one.sandbox.faults = [Fault(kind="latency", path=NAMES_PATH, seconds=0.2)]
        looking_up = asyncio.create_task(other.ask(USERNAME, id=AMEO))
        await eventually(lambda: bool(one.lookups()))
        rename(one, "renamed")
        await one.ask(UPDATE, id=AMEO)
        rename(one, "ameo")

        assert (await looking_up)["user"]["username"] == "renamed"
        assert await names(other) == await names(one) == ("renamed", "renamed")


async def test_name_from_an_outage_is_shared_later(cluster, server, two):
    one, other = two
    await names(other)
    server.kill()
    await eventually(lambda: not (one.parts.redis_link.connected or other.parts.redis_link.connected))
    await one.ask(UPDATE, id=AMEO)
    alone = await names(one)
    server.start()
    await eventually(lambda: one.parts.redis_link.connected and other.parts.redis_link.connected)

    assert alone == ("ameo", "ameo")
    await eventually(lambda: _agree(other))


async def _agree(gateway):
    return await names(gateway) == ("ameo", "ameo")


async def test_flushed_redis_gets_names_back(cluster, two):
    one, other = two
    await one.ask(UPDATE, id=AMEO)
    await one.parts.redis_link.run(lambda redis: redis.flushall())
    one.clock.move(HOUR_S)

    assert (await names(one), await names(other)) == (("ameo", "ameo"), ("ameo", "ameo"))


async def test_former_name_stays_invalid_after_its_generation(cluster):
    async with cluster.replica(stale_s=0) as one, cluster.replica(stale_s=0) as other:
        await one.ask(UPDATE, id=AMEO)
        await names(other)
        one.clock.move(900)
        rename(one, "renamed")
        await one.ask(UPDATE, id=AMEO)
        one.clock.move(other.parts.tracker.generations.lifetime_s + 1)
        await other.ask(UPDATE, id="2")

        assert other.parts.tracker.generations.of("username:131464") == 0
        assert await names(other) == ("renamed", "renamed")


@pytest.mark.parametrize("stored", [b"", b"\xff", b"\xa0", b"\x00", b"\x93\x01\x02\x03"])
async def test_unreadable_name_in_redis_is_ignored(two, stored):
    one, _ = two
    await one.parts.redis_link.run(lambda redis: redis.set("osutrack-gateway:user-id:ameo", stored))
    await one.parts.redis_link.run(lambda redis: redis.set("osutrack-gateway:username:131464", stored))

    assert (await one.ask(BY_NAME, username="ameo"))["userByName"] is None
    assert await names(one) == (None, None)
