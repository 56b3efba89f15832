"""Ten clients that ask for as much as they can leave the others their share: twenty minutes in virtual time."""

import asyncio
from collections import defaultdict

import pytest

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy
from gateway.osutrack.budget import Budget
from gateway.osutrack.rate_limit import RateLimiter
from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink
from gateway.shared.request_window import RequestWindow
from gateway.telemetry.clients import Clients, running_for
from tests.support.clock import MINUTE_S
from tests.support.event_loop import VirtualTimeLoop

DEFAULTS = Settings(_env_file=None)
BUDGETS = {
    "reads": DEFAULTS.reads_per_minute,
    "hiscores": DEFAULTS.hiscores_per_minute,
    "updates": DEFAULTS.updates_per_minute,
}
# The durations of requests, and the intervals at which the other clients need one.
DURATIONS_S = {"reads": 0.3, "hiscores": 1.5, "updates": 4.0}
INTERVALS_S = {"reads": 10, "hiscores": 30, "updates": 300}
ATTACKERS = [f"203.0.113.{number}" for number in range(10)]
# The attack begins before the other clients arrive.
HEAD_START_S = 5 * MINUTE_S
OBSERVED_S = 20 * MINUTE_S


class Simulation:
    """A rate limiter with the default budgets, and the outcomes of requests by client and budget."""

    def __init__(self):
        self.time = asyncio.get_running_loop().time
        budgets = [
            Budget(
                name,
                per_minute,
                RequestWindow(name, per_minute, RedisLink(None), monotonic=self.time),
                monotonic=self.time,
            )
            for name, per_minute in BUDGETS.items()
        ]
        self.rate_limiter = RateLimiter(budgets, concurrency=DEFAULTS.upstream_concurrency)
        self.outcomes = defaultdict(list)
        self.sent = defaultdict(list)

    async def request(self, name, client):
        """Send a request for a player of its own, within the operation timeout; returns whether it is sent."""
        with running_for(Clients(client)):
            try:
                async with self.rate_limiter.slot(name, Deadline.from_timeout(DEFAULTS.operation_timeout_s)):
                    self.sent[name].append(self.time())
                    await asyncio.sleep(DURATIONS_S[name])
            except UpstreamBusy:
                self.outcomes[client, name].append(False)
                return False
        self.outcomes[client, name].append(True)
        return True

    async def need(self, name, client):
        """Need a request at regular times, which do not depend on the outcomes."""
        requests = []
        while True:
            requests.append(asyncio.ensure_future(self.request(name, client)))
            await asyncio.sleep(INTERVALS_S[name])


async def flood(simulation, name, client):
    """Always wait with a request for another player."""
    while True:
        if not await simulation.request(name, client):
            await asyncio.sleep(2)


async def aliases(simulation, name, client):
    """Ask for many players in one document."""
    while True:
        await asyncio.gather(*(simulation.request(name, client) for _ in range(4)))
        await asyncio.sleep(2)


async def bursts(simulation, name, client):
    """Ask for many players at the start of each minute."""
    while True:
        await asyncio.sleep(MINUTE_S - simulation.time() % MINUTE_S)
        await asyncio.gather(*(simulation.request(name, client) for _ in range(12)))


async def disconnects(simulation, name, client):
    """Disconnect after some seconds of waiting."""
    while True:
        for patience_s in (0.1, 3, 8):
            waiting = asyncio.ensure_future(simulation.request(name, client))
            await asyncio.sleep(patience_s)
            waiting.cancel()


async def pauses(simulation, name, client):
    """Be quiet for a minute, so that the whole budget is free, and then use all of it."""
    while True:
        await asyncio.sleep(61 if simulation.time() % 122 < 61 else 0)
        if not await simulation.request(name, client):
            await asyncio.sleep(2)


async def simulate(strategy):
    simulation = Simulation()
    tasks = [asyncio.ensure_future(strategy(simulation, name, client)) for name in BUDGETS for client in ATTACKERS]
    await asyncio.sleep(HEAD_START_S)
    tasks += [asyncio.ensure_future(simulation.need(name, f"needs {name}")) for name in BUDGETS]
    await asyncio.sleep(OBSERVED_S)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return simulation


def run(strategy):
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(simulate(strategy))


@pytest.mark.parametrize("strategy", [flood, aliases, bursts, disconnects, pauses])
def test_client_beside_ten_attackers_succeeds(strategy):
    simulation = run(strategy)
    outcomes = {name: simulation.outcomes[f"needs {name}", name] for name in BUDGETS}
    rates = {name: sum(values) / len(values) for name, values in outcomes.items()}
    assert {name: len(values) for name, values in outcomes.items()} == pytest.approx(
        {"reads": 120, "hiscores": 40, "updates": 4}, abs=2
    )
    assert min(rates.values()) >= 0.8, rates


def test_attackers_share_the_rest_within_the_budgets():
    simulation = run(flood)
    for name, per_minute in BUDGETS.items():
        served = [sum(simulation.outcomes[client, name]) for client in ATTACKERS]
        assert max(served) <= min(served) + 2
        sent = simulation.sent[name]
        assert all(later - earlier > MINUTE_S for earlier, later in zip(sent, sent[per_minute:], strict=False))
        assert len(sent) > 0.6 * per_minute * (HEAD_START_S + OBSERVED_S) / MINUTE_S
