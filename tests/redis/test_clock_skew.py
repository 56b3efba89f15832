"""Replicas whose wall clocks differ, or are stepped, share cooldowns, cached data and invalidations."""

import pytest

from gateway.sandbox import players
from tests.support.clock import HOUR_S, Clock
from tests.support.cluster import Cluster
from tests.support.gateway import start_gateway
from tests.support.operations import LATEST, UPDATE
from tests.support.redis_server import redis_server
from tests.support.waiting import eventually

AMEO = str(players.AMEO)


@pytest.fixture(params=[-48 * HOUR_S, -HOUR_S, HOUR_S, 48 * HOUR_S], ids="{:+} s".format)
async def two(request, tmp_path, clock):
    """Two replicas; the wall clock of the second one differs."""
    other_clock = Clock()
    other_clock.step(request.param)
    with redis_server(tmp_path) as server:
        cluster = Cluster(server.url, clock)
        settings = {"redis_url": server.url, "replicas": 2}
        async with (
            cluster.replica() as one,
            start_gateway(settings, clock=other_clock, sandbox=cluster.upstream) as other,
        ):
            yield one, other


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["to", "from"])
async def test_cooldown_of_one_applies_to_the_other(two, order):
    first, second = (two[index] for index in order)
    await first.ask(UPDATE, id=AMEO)
    refused = await second.ask(UPDATE, id=AMEO)
    second.clock.move(900)
    updated = await second.ask(UPDATE, id=AMEO)

    assert refused["updateUser"]["__typename"] == "UpdateOnCooldown"
    assert updated["updateUser"]["__typename"] == "UpdateUserSuccess"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["to", "from"])
async def test_update_of_one_invalidates_data_of_the_other(two, order):
    first, second = (two[index] for index in order)
    for _ in range(3):
        before = await second.ask(LATEST, id=AMEO)
        for gateway in two:
            gateway.clock.move(901)
        await first.ask(UPDATE, id=AMEO)
        await eventually(lambda: generations(first) == generations(second))
        after = await second.ask(LATEST, id=AMEO)

        assert after["user"]["stats"]["latest"]["at"] > before["user"]["stats"]["latest"]["at"]


def generations(gateway):
    return dict(gateway.parts.tracker.generations.all())


async def test_shared_data_expires_after_its_freshness(two):
    one, other = two
    await one.ask(LATEST, id=AMEO)
    await other.ask(LATEST, id=AMEO)
    requests = one.sandbox.count()
    for gateway in two:
        gateway.clock.move(599)
        await gateway.ask(LATEST + " ", id=AMEO)
    assert one.sandbox.count() == requests

    other.clock.move(HOUR_S)
    await other.ask(LATEST, id=AMEO)
    await other.finish_refreshes()
    assert one.sandbox.count() == requests + 1
