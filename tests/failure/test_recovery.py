"""After a bad day everything is as before: connections are given back, and nobody is left waiting."""

import asyncio
import gc
import tracemalloc

import httpx
import stamina

from tests.support.http_servers import gateway_over_http, sandbox_over_http
from tests.unit.osutrack.test_cancellation import at_rest, pool_of

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


async def set_faults(rest, faults):
    async with httpx.AsyncClient(timeout=60) as http:
        (await http.put(f"{rest.url}/_sandbox/faults", json=faults)).raise_for_status()


async def bad_day(rest, gateway):
    """Each fault in turn, met by twenty at once; then all is well again."""
    for fault in FAULTS:
        await set_faults(rest, [fault])
        answers = await ask_twenty(gateway)
        assert all(answer["errors"] for answer in answers)
        gateway.clock.move(61)
    await set_faults(rest, [])
    # What is remembered is too old to be served: so this is the one probe that closes the breaker.
    gateway.clock.move(2 * 86_400)
    await gateway.ask(LATEST, id="1021")


async def test_connections_and_memory_come_back_after_every_fault_over_real_sockets():
    stamina.set_testing(testing=True, attempts=2)
    with sandbox_over_http() as rest:
        async with gateway_over_http(rest.url, operation_timeout_s=1.5, read_timeout_s=1.2) as gateway:
            pool = pool_of(gateway.app.state.gateway.upstream._http)  # noqa: SLF001
            await bad_day(rest, gateway)
            tracemalloc.start()
            await bad_day(rest, gateway)
            await at_rest(pool)
            gc.collect()
            grown, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert [answer["errors"] for answer in await ask_twenty(gateway) if "errors" in answer] == []
            await at_rest(pool)
            assert len(pool.connections) <= 8, pool.connections
    assert grown < MEGABYTE / 2
    stamina.set_testing(testing=False)
