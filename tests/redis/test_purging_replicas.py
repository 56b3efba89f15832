"""The edge cache is purged by the replica of an update, and after an outage of Redis by those that missed it."""

import asyncio

import pytest

from gateway.sandbox import players
from tests.support.cluster import Cluster
from tests.support.edge_cache import serve_purge_api
from tests.support.operations import LATEST, UPDATE
from tests.support.redis_server import redis_server
from tests.support.waiting import eventually

AMEO = str(players.AMEO)
TAG = f"user-{AMEO}-osu"


@pytest.fixture
async def api():
    async with serve_purge_api() as running:
        yield running


@pytest.fixture
def redis(tmp_path):
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
async def two(redis, clock, api):
    cluster = Cluster(redis.url, clock)
    async with cluster.replica(**api.settings) as one, cluster.replica(**api.settings) as other:
        yield one, other


def purgers(two):
    return [gateway.parts.purger for gateway in two]


async def finish(two):
    tasks = [purger._task for purger in purgers(two) if purger._task]  # noqa: SLF001
    await asyncio.gather(*tasks)


async def connected(two, *, state):
    await eventually(lambda: [gateway.parts.redis_link.connected for gateway in two] == [state, state])


async def test_one_replica_purges_an_update(two, api):
    one, other = two
    await other.ask(LATEST, id=AMEO)
    await one.ask(UPDATE, id=AMEO)
    await finish(two)
    assert [purge.tags for purge in api.purges] == [{TAG, f"username-{AMEO}", "user-id-ameo", "name-ameo-osu", "many"}]
    assert [purger.tally["ok"] for purger in purgers(two)] == [1, 0]


async def test_start_purges_nothing(redis, clock, api):
    cluster = Cluster(redis.url, clock)
    async with cluster.replica() as one:
        await one.ask(UPDATE, id=AMEO)
        async with cluster.replica(**api.settings) as other:
            await eventually(lambda: other.parts.tracker.generations.of(f"user:{AMEO}:OSU") > 0)
    assert api.purges == []


async def test_missed_invalidation_is_purged_after_the_outage(two, redis, api):
    one, _ = two
    redis.kill()
    await connected(two, state=False)
    await one.ask(UPDATE, id=AMEO)
    await eventually(lambda: len(api.purges) == 1)
    redis.start()
    await connected(two, state=True)
    # The other replica may have answered the edge cache in the meantime, from its outdated cache.
    await eventually(lambda: sum(TAG in purge.tags for purge in api.purges) >= 2)
    await finish(two)
