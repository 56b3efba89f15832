"""Budgets in Redis: independent of the processes' clocks, aware of lost data, with lowered rates and pauses shared."""

import asyncio

import pytest
import redis.asyncio

from gateway.sandbox import Fault
from tests.support.clock import HOUR_S, Clock
from tests.support.cluster import Cluster, skip_start
from tests.support.gateway import start_gateway
from tests.support.operations import LATEST
from tests.support.redis_server import redis_server
from tests.support.waiting import eventually


@pytest.fixture
def cluster(tmp_path, clock):
    with redis_server(tmp_path) as server:
        yield Cluster(server.url, clock)


async def sent(gateway, count=30):
    """The number of requests caused by queries of so many clients for other players."""
    before = gateway.sandbox.count()
    users = range(before * 100 + 1001, before * 100 + 1001 + count)
    await asyncio.gather(
        *(gateway.send_from(f"10.0.{user // 250}.{user % 250}", LATEST, id=str(user)) for user in users)
    )
    return gateway.sandbox.count() - before


async def test_first_start_has_a_quarter_of_the_budget(cluster):
    async with cluster.replica(reads_per_minute=20) as gateway:
        assert await sent(gateway) == 5


async def test_restart_has_the_rest_of_the_budget(cluster):
    async with cluster.replica(reads_per_minute=20) as gateway:
        await skip_start(gateway)
        await sent(gateway, 12)
    async with cluster.replica(reads_per_minute=20) as gateway:
        assert await sent(gateway) == 8


async def test_flushed_redis_counts_as_a_start(cluster):
    async with cluster.replica(reads_per_minute=20) as gateway:
        await skip_start(gateway)
        first = await sent(gateway)
        async with redis.asyncio.from_url(cluster.redis_url) as client:
            await client.flushall()
        assert (first, await sent(gateway)) == (20, 5)


@pytest.mark.parametrize("step_s", [-HOUR_S, HOUR_S])
async def test_clocks_of_the_replicas_do_not_matter(cluster, step_s):
    other_clock = Clock()
    other_clock.step(step_s)
    settings = {"redis_url": cluster.redis_url, "replicas": 2, "reads_per_minute": 20}
    async with (
        cluster.replica(**settings) as one,
        start_gateway(settings, clock=other_clock, sandbox=cluster.upstream) as other,
    ):
        await skip_start(one)
        first = await sent(one, 12)
        assert (first, await sent(other)) == (12, 8)


async def test_lowered_rate_and_pause_apply_to_all_replicas(cluster):
    settings = {"reads_per_minute": 20}
    async with cluster.replica(**settings) as one, cluster.replica(**settings) as other:
        await skip_start(one)
        await sent(one, 6)
        cluster.sandbox.faults = [Fault(kind="rate_limit", retry_after="90", times=1)]
        await sent(one, 1)
        budget = other.parts.upstream.rate_limiter.budgets["reads"]
        await eventually(lambda: budget.per_minute == 6)
        await eventually(lambda: budget.paused_s > 0)

        async with cluster.replica(**settings) as later:
            budget = later.parts.upstream.rate_limiter.budgets["reads"]
            assert budget.per_minute == 6
            assert 80 < budget.paused_s < 91
            assert 3500 < budget.lowered_s < 3601


async def test_deleted_key_restores_the_setting_after_a_restart(cluster):
    async with cluster.replica(reads_per_minute=20) as gateway:
        await skip_start(gateway)
        cluster.sandbox.faults = [Fault(kind="rate_limit", retry_after="1", times=1)]
        await sent(gateway, 1)
        client = redis.asyncio.Redis.from_url(cluster.redis_url)
        await eventually(lambda: client.exists("osutrack-gateway:budget:reads:lowered"))
        await client.delete("osutrack-gateway:budget:reads:lowered")
        await client.aclose()
    async with cluster.replica(reads_per_minute=20) as later:
        assert later.parts.upstream.rate_limiter.budgets["reads"].per_minute == 20
