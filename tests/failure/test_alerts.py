"""The metrics behind the alerts, while clients ask for more than the budgets allow."""

import asyncio
import re
from contextlib import AsyncExitStack

import pytest

from tests.support.operations import HISCORES, LATEST, UPDATE
from tests.support.waiting import eventually

CLASSES = {"reads": LATEST, "hiscores": HISCORES, "updates": UPDATE}


@pytest.fixture
def settings():
    rates = {f"{name}_per_minute": 1 for name in CLASSES}
    return {"client_points": 60, "client_points_per_minute": 60, **rates}


async def samples(gateway, name):
    """The values of a metric, by its labels."""
    text = (await gateway.http.get("/metrics")).text
    pairs = re.findall(rf"^{name}{{(.*?)}} (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in pairs}


async def waiting_clients(gateway):
    values = await samples(gateway, "gateway_upstream_waiting_clients")
    return {budget: values[f'budget="{budget}"'] for budget in CLASSES}


def flood(gateway, *clients):
    """Four operations of each class for each client, for different players."""
    players = iter(range(5000, 9000))
    operations = (
        gateway.send_from(client, query, id=str(next(players)))
        for client in clients
        for query in CLASSES.values()
        for _ in range(4)
    )
    return [asyncio.ensure_future(operation) for operation in operations]


@pytest.fixture
async def slots_in_use(gateway):
    """All connections to osu!track are in use, so that requests wait."""
    async with AsyncExitStack() as slots:
        for _ in range(8):
            await slots.enter_async_context(gateway.parts.upstream.rate_limiter._slots)  # noqa: SLF001
        yield slots


async def until_waiting(gateway, count):
    async def are_waiting():
        return await waiting_clients(gateway) == dict.fromkeys(CLASSES, count)

    await eventually(are_waiting)


@pytest.mark.parametrize("count", [1, 3])
async def test_each_waiting_client_counts_once(gateway, slots_in_use, count):
    tasks = flood(gateway, *(f"10.0.0.{number}" for number in range(count)))
    await until_waiting(gateway, count)
    await slots_in_use.aclose()
    await asyncio.gather(*tasks)
    await until_waiting(gateway, 0)


async def test_addresses_of_one_network_count_once(gateway, slots_in_use):
    tasks = flood(gateway, *(f"2001:db8:1:2::{number}" for number in range(3)))
    await until_waiting(gateway, 1)
    await slots_in_use.aclose()
    await asyncio.gather(*tasks)


async def critical(gateway):
    """The samples that the critical alerts and the alert for 429 compare with 0."""
    requests = await samples(gateway, "gateway_requests_total")
    pauses = await samples(gateway, "gateway_upstream_pauses_total")
    upstream = await samples(gateway, "gateway_upstream_requests_total")
    counted = [
        *(value for labels, value in requests.items() if 'outcome="failed"' in labels),
        *(value for labels, value in pauses.items() if 'reason="block"' in labels),
        *(value for labels, value in upstream.items() if "UPSTREAM_BUSY" in labels),
    ]
    assert counted
    return sum(counted)


async def test_flood_raises_no_critical_metric(gateway):
    responses = await asyncio.gather(*flood(gateway, "10.0.0.1"))
    codes = [response["errors"][0]["extensions"]["code"] for response in responses if "errors" in response]
    assert "UPSTREAM_BUSY" in codes
    assert await critical(gateway) == 0


@pytest.mark.usefixtures("slots_in_use")
async def test_cancelled_operations_raise_no_critical_metric(gateway):
    tasks = flood(gateway, "10.0.0.1")
    await until_waiting(gateway, 1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await critical(gateway) == 0
