"""After a bad day everything is as before: connections are given back, and nobody is left waiting."""

import asyncio
import gc
import tracemalloc

import stamina

from tests.support.gateway import start_gateway
from tests.support.http_pool import idle, pool_of
from tests.support.http_servers import serve_sandbox

MEGABYTE = 2**20
LATEST = "query($id: ID!) { user(id: $id) { stats { latest { pp } } } }"
FAULTS = [
    {"kind": "hang"},
    {"kind": "reset"},
    {"kind": "half"},
    {"kind": "garbage"},
    {"kind": "status", "status": 502},
    {"kind": "latency", "seconds": 5},
]


async def ask_twenty(gateway):
    return await asyncio.gather(*(gateway.send(LATEST, id=str(user)) for user in range(1001, 1021)))


async def bad_day(rest, gateway):
    """Each fault in turn, met by twenty at once; then all is well again."""
    for fault in FAULTS:
        await asyncio.to_thread(rest.set_faults, fault)
        answers = await ask_twenty(gateway)
        assert all(answer["errors"] for answer in answers)
        gateway.clock.move(61)
    await asyncio.to_thread(rest.set_faults)
    # What is remembered is too old to be served: so this is the one probe that closes the breaker.
    gateway.clock.move(2 * 86_400)
    await gateway.ask(LATEST, id="1021")


async def test_connections_and_memory_come_back_after_every_fault_over_real_sockets():
    stamina.set_testing(testing=True, attempts=2)
    with serve_sandbox() as rest:
        async with start_gateway(
            {"upstream_url": rest.url, "operation_timeout_s": 1.5, "read_timeout_s": 1.2}
        ) as gateway:
            pool = pool_of(gateway.app.state.gateway.upstream._http)  # noqa: SLF001
            await bad_day(rest, gateway)
            tracemalloc.start()
            await bad_day(rest, gateway)
            await idle(pool)
            gc.collect()
            grown, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert [answer["errors"] for answer in await ask_twenty(gateway) if "errors" in answer] == []
            await idle(pool)
            assert len(pool.connections) <= 8, pool.connections
    assert grown < MEGABYTE / 2
    stamina.set_testing(testing=False)
