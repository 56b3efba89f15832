"""The clients of shared work, as the budgets record them."""

import asyncio

import pytest

from gateway.sandbox import Fault
from tests.support.clock import MINUTE_S
from tests.support.operations import HISCORES, LATEST, UPDATE

BY_NAME = 'query ($id: ID!) { a: user(id: $id) { id } hiscoresByUsername(username: "ameo") { totalCount } }'


def served(gateway, budget, *, background=False):
    return set(gateway.parts.upstream.rate_limiter.budgets[budget].turns._served[background])  # noqa: SLF001


@pytest.mark.parametrize(
    "query,budget", [(LATEST, "reads"), (HISCORES, "hiscores"), (BY_NAME, "hiscores"), (UPDATE, "updates")]
)
async def test_shared_request_serves_all_its_clients(gateway, query, budget):
    gateway.sandbox.faults = (Fault(kind="latency", seconds=0.3),)
    # Their documents differ: otherwise the response is shared, not the request.
    operations = [gateway.send_from(f"10.0.0.{n}", query + " " * n, id="1001") for n in (1, 2)]
    responses = await asyncio.gather(*operations)
    assert ["errors" in response for response in responses] == [False, False]
    assert gateway.sandbox.count() - gateway.sandbox.count("/stats_history") * (budget != "reads") == 1
    assert served(gateway, budget) == {"10.0.0.1", "10.0.0.2"}


async def test_cached_data_serves_nobody(gateway):
    await gateway.send_from("10.0.0.1", LATEST, id="1001")
    await gateway.send_from("10.0.0.2", LATEST, id="1001")
    assert served(gateway, "reads") == {"10.0.0.1"}


async def test_addresses_of_one_network_are_one_client(gateway):
    for number in (1, 2):
        await gateway.send_from(f"2001:db8:1:2::{number}", LATEST, id=f"100{number}")
    assert served(gateway, "reads") == {"2001:db8:1:2::/64"}


async def test_background_refresh_is_no_service(gateway):
    await gateway.send_from("10.0.0.1", LATEST, id="1001")
    gateway.clock.move(11 * MINUTE_S)
    await gateway.send_from("10.0.0.2", LATEST, id="1001")
    await gateway.finish_refreshes()
    assert gateway.sandbox.count() == 2
    assert served(gateway, "reads", background=True) == {"10.0.0.2"}
    assert "10.0.0.2" not in served(gateway, "reads")
