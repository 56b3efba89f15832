"""What a process talks to osu!track with, as the settings have it."""

import asyncio
from contextlib import suppress

import pytest

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy
from gateway.osutrack.circuit_breaker import Health
from gateway.osutrack.upstream import Upstream
from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink


@pytest.mark.parametrize("operation_s,health", [(60.0, Health.UP), (12.0, Health.DOWN)])
def test_where_operations_have_less_time_than_reads_those_given_up_for_it_have_failed(clock, operation_s, health):
    settings = Settings(operation_timeout_s=operation_s, read_timeout_s=15)
    breaker = Upstream(settings, clock=clock, stopwatch=clock).breaker
    for _ in range(10):
        with suppress(asyncio.CancelledError), breaker.call():
            clock.move(6)
            raise asyncio.CancelledError

    assert breaker.health is health


async def test_a_process_that_is_alone_keeps_a_quarter_of_its_own_part_for_people():
    settings = Settings(reads_per_minute=16, replicas=2, redis_url="redis://127.0.0.1:1")
    rate_limiter = Upstream(settings, redis_link=RedisLink(settings.redis_url)).rate_limiter

    async def sent(*, background):
        with suppress(UpstreamBusy):
            async with rate_limiter.slot("reads", Deadline.from_timeout(1, background=background)):
                return True

    assert [await sent(background=True) for _ in range(8)].count(True) == 6
    assert [await sent(background=False) for _ in range(8)].count(True) == 2
