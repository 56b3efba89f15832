"""Recovery from upstream faults over real sockets: no connection and no memory is lost."""

import asyncio
import gc
import tracemalloc

import pytest
import stamina

from tests.support.clock import DAY_S
from tests.support.gateway import start_gateway
from tests.support.http_pool import idle, pool_of
from tests.support.http_servers import serve_sandbox
from tests.support.operations import LATEST

MEGABYTE = 2**20
FAULTS = [
    {"kind": "hang"},
    {"kind": "reset"},
    {"kind": "half"},
    {"kind": "garbage"},
    {"kind": "status", "status": 502},
    {"kind": "latency", "seconds": 5},
]


async def send_twenty(gateway):
    return await asyncio.gather(*(gateway.send(LATEST, id=str(user)) for user in range(1001, 1021)))


async def meet_every_fault(osutrack, gateway):
    """Send twenty queries under each fault, then one without faults."""
    for fault in FAULTS:
        await asyncio.to_thread(osutrack.set_faults, fault)
        responses = await send_twenty(gateway)
        assert all(response["errors"] for response in responses)
        gateway.clock.move(61)
    await asyncio.to_thread(osutrack.set_faults)
    # Cached data has expired, so this query is the probe that closes the circuit breaker.
    gateway.clock.move(2 * DAY_S)
    await gateway.ask(LATEST, id="1021")


@pytest.fixture
def two_attempts():
    with stamina.set_testing(testing=True, attempts=2):
        yield


@pytest.mark.usefixtures("two_attempts")
async def test_connections_and_memory_are_released_after_faults():
    settings = {"operation_timeout_s": 1.5, "read_timeout_s": 1.2}
    with serve_sandbox() as osutrack:
        async with start_gateway({"upstream_url": osutrack.url, **settings}) as gateway:
            pool = pool_of(gateway.parts.upstream._http)  # noqa: SLF001
            await meet_every_fault(osutrack, gateway)
            tracemalloc.start()
            await meet_every_fault(osutrack, gateway)
            await idle(pool)
            gc.collect()
            growth_bytes, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert [response["errors"] for response in await send_twenty(gateway) if "errors" in response] == []
            await idle(pool)
            assert len(pool.connections) <= 8, pool.connections
    assert growth_bytes < MEGABYTE / 2
