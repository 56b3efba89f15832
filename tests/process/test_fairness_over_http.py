"""Fairness between clients over HTTP: ten addresses ask for as much as they can, others need a little.

Points and the budget of reads are ten times the default ones, so that seconds are enough.
"""

import asyncio
import time

import httpx
import pytest

from gateway.sandbox import create_sandbox
from gateway.settings import Settings
from gateway.shared.local_window import WINDOW_S
from gateway.web.app import create_app
from tests.support.http_servers import serve
from tests.support.operations import HISCORES, LATEST, UPDATE

NEEDED = 8
NEW_CONNECTIONS = httpx.Limits(max_connections=None, max_keepalive_connections=0)


@pytest.fixture
def url():
    with serve(create_sandbox()) as upstream_url:
        settings = Settings(
            _env_file=None,
            upstream_url=upstream_url,
            trusted_proxies="127.0.0.1",
            operation_timeout_s=5,
            client_points=600,
            client_points_per_minute=600,
            reads_per_minute=1200,
        )
        skipped_s = 0.0
        app = create_app(settings, monotonic=lambda: time.monotonic() + skipped_s)
        with serve(app) as url:
            # After the first minute, the whole budgets are available.
            skipped_s = WINDOW_S
            yield url


class Clients:
    """HTTP clients behind a proxy that asks for another player each time."""

    def __init__(self, http):
        self._http = http
        self._players = iter(range(100_000, 900_000))

    async def send(self, address, query=LATEST):
        body = {"query": query, "variables": {"id": str(next(self._players))}}
        response = await self._http.post("/graphql", json=body, headers={"X-Forwarded-For": address})
        return response.status_code == 200 and "errors" not in response.json()

    async def flood(self, address):
        while True:
            await asyncio.gather(*(self.send(address) for _ in range(20)))
            await asyncio.sleep(0.05)

    async def disconnect(self, address):
        while True:
            waiting = asyncio.ensure_future(self.send(address))
            await asyncio.sleep(0.3)
            waiting.cancel()


@pytest.fixture
async def clients(url):
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=NEW_CONNECTIONS) as http:
        yield Clients(http)


@pytest.mark.parametrize("query,attackers,needed", [(UPDATE, 1, 1), (HISCORES, 2, 5)])
async def test_flood_leaves_the_reserve(clients, query, attackers, needed):
    flooding = [clients.send(f"203.0.113.{number}", query) for number in range(attackers) for _ in range(40)]
    flooded = await asyncio.gather(*flooding)
    served = await asyncio.gather(*(clients.send(f"198.51.100.{number}", query) for number in range(needed)))
    assert not all(flooded)
    assert all(served)


async def test_client_beside_ten_floods_is_served(clients):
    floods = [asyncio.ensure_future(clients.flood(f"203.0.113.{number}")) for number in range(8)]
    # Two addresses of one network are one client.
    floods += [asyncio.ensure_future(clients.flood(f"2001:db8:1:2::{number}")) for number in (1, 2)]
    floods += [asyncio.ensure_future(clients.disconnect("203.0.113.9"))]
    await asyncio.sleep(3)
    needed = []
    for _ in range(NEEDED):
        needed.append(asyncio.ensure_future(clients.send("198.51.100.7")))
        await asyncio.sleep(1)
    served = await asyncio.gather(*needed)
    for task in floods:
        task.cancel()
    await asyncio.gather(*floods, return_exceptions=True)
    assert sum(served) >= 0.8 * NEEDED
