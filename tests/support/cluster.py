"""Several gateways in process, over one sandbox and one Redis."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from gateway.sandbox import Sandbox
from gateway.shared.local_window import WINDOW_S
from gateway.shared.request_window import started_key
from tests.support.clock import Clock
from tests.support.gateway import InProcessGateway, create_upstream, start_gateway


class Cluster:
    """Replicas of a gateway. They share Redis, the upstream and the clock."""

    def __init__(self, redis_url: str, clock: Clock) -> None:
        self.redis_url = redis_url
        self.clock = clock
        self.upstream = create_upstream(clock)
        self.sandbox: Sandbox = self.upstream.state.sandbox

    def replica(self, **settings: Any) -> AbstractAsyncContextManager[InProcessGateway]:
        """Start another replica."""
        shared = {"redis_url": self.redis_url, "replicas": 2}
        return start_gateway(shared | settings, clock=self.clock, sandbox=self.upstream)


async def skip_start(gateway: InProcessGateway) -> None:
    """Make the whole budgets available, as a minute after the start."""
    started = {started_key(budget): 1 for budget in gateway.parts.upstream.rate_limiter.budgets}
    await gateway.parts.redis_link.run(lambda redis: redis.mset(started))
    gateway.clock.move(WINDOW_S)
