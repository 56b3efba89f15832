"""The osu!track client of one process, as the settings configure it."""

import asyncio
from contextlib import suppress

import pytest

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy
from gateway.osutrack.health import Health
from gateway.osutrack.upstream import Upstream
from gateway.setting_types import secret
from gateway.settings import Settings
from gateway.shared.local_window import WINDOW_S
from gateway.shared.redis_link import RedisLink
from tests.support.http_pool import pool_of


async def test_idle_connections_expire_before_osutrack_closes_them():
    upstream = Upstream(Settings(_env_file=None))
    # docs/osutrack.md, "HTTP": osu!track closes idle connections after 5 s.
    assert 0 < pool_of(upstream._http)._keepalive_expiry < 5  # noqa: SLF001
    await upstream.close()


@pytest.mark.parametrize("operation_s,health", [(60.0, Health.UP), (12.0, Health.DOWN)])
def test_short_operation_timeout_counts_cancelled_reads_as_failures(clock, operation_s, health):
    settings = Settings(operation_timeout_s=operation_s, read_timeout_s=15)
    breaker = Upstream(settings, clock=clock, monotonic=clock).breakers["reads"]
    for user_id in range(10):
        with suppress(asyncio.CancelledError), breaker.call(user_id):
            clock.move(6)
            raise asyncio.CancelledError

    assert breaker.health is health


async def test_standalone_replica_reserves_a_quarter_of_its_share(clock):
    settings = Settings(reads_per_minute=16, replicas=2, redis_url="redis://127.0.0.1:1")
    redis_link = RedisLink(secret(settings.redis_url))
    rate_limiter = Upstream(settings, redis_link=redis_link, monotonic=clock.monotonic).rate_limiter
    clock.move(WINDOW_S)

    async def sent(*, background):
        with suppress(UpstreamBusy):
            async with rate_limiter.slot("reads", Deadline.from_timeout(1, background=background)):
                return True

    assert [await sent(background=True) for _ in range(8)].count(True) == 6
    assert [await sent(background=False) for _ in range(8)].count(True) == 2
