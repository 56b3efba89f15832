"""Turns of clients across processes: precedence in the shared budget, reserve, pace and the record of services."""

import random

import pytest

from gateway.osutrack.budget import Budget
from gateway.osutrack.rate_limit import RateLimiter
from gateway.shared.claim import UNLIMITED, Claim
from gateway.shared.local_window import WINDOW_S
from gateway.shared.redis_link import RedisLink
from gateway.shared.request_window import RequestWindow, started_key
from tests.support.clock import Clock
from tests.support.redis_server import redis_server
from tests.support.waiting import eventually

LIMIT = 8


@pytest.fixture
async def links(tmp_path):
    """The connections of two processes."""
    with redis_server(tmp_path) as server:
        links = [RedisLink(server.url) for _ in range(2)]
        for link in links:
            await link.start()
        await links[0].run(lambda redis: redis.set(started_key("reads"), 1))
        yield links
        for link in links:
            await link.close()


@pytest.fixture
def windows(links):
    return [RequestWindow("reads", LIMIT, link, processes=2) for link in links]


async def start(window, count=1, claim=UNLIMITED):
    return [await window.start(LIMIT, claim) for _ in range(count)]


async def test_process_of_the_longest_waiting_client_precedes(windows):
    one, other = windows
    assert await one.wait_s(LIMIT, Claim(waited_s=300)) == 0
    assert await start(other, claim=Claim(waited_s=100)) == [None]
    assert await other.wait_s(LIMIT, Claim(waited_s=100)) > 0
    assert None not in await start(one, claim=Claim(waited_s=300))
    assert None not in await start(other, claim=Claim(waited_s=100))


async def test_background_requests_take_no_precedence(windows):
    one, other = windows
    await one.wait_s(LIMIT, Claim(keeps_reserve=True))
    assert None not in await start(other, claim=Claim(waited_s=0))


async def test_equal_clients_do_not_block_each_other(windows):
    one, other = windows
    await one.wait_s(LIMIT, Claim(waited_s=600))
    assert None not in await start(other, claim=Claim(waited_s=600))


async def test_precedence_of_a_stopped_process_ends(windows):
    one, other = windows
    await one.wait_s(LIMIT, Claim(waited_s=300))

    async def starts():
        return await other.start(LIMIT, Claim(waited_s=100)) is not None

    await eventually(starts)


async def test_reserve_is_left_to_others(windows):
    one, other = windows
    assert (await start(one, LIMIT, Claim(keeps_reserve=True))).count(None) == LIMIT // 4
    assert None not in await start(other, LIMIT // 4)
    assert await start(other) == [None]


async def test_second_half_is_paced(windows):
    one, other = windows
    paced = Claim(paced=True, waited_s=100)
    assert (await start(one, LIMIT, paced)).count(None) == LIMIT // 2
    assert 7 < await other.wait_s(LIMIT, paced) <= 61 / 5
    assert await other.wait_s(LIMIT, UNLIMITED) == 0


async def test_pace_begins_with_a_start(links, windows):
    await links[0].run(lambda redis: redis.delete(started_key("reads")))
    paced = Claim(paced=True, waited_s=100)
    # A quarter of the budget is two requests.
    assert (await start(windows[0], 2, paced)).count(None) == 1
    assert 25 < await windows[1].wait_s(LIMIT, paced) < 31


@pytest.mark.parametrize("value", ["", "x", "1", "300 x", "9e99 1", "\xff", "-1 99999999999999"])
async def test_invalid_precedence_is_ignored(links, windows, value):
    await links[0].run(lambda redis: redis.hset("osutrack-gateway:budget:reads:waiting", "other", value))
    assert None not in await start(windows[0], claim=Claim(waited_s=1))
    assert links[0].connected


@pytest.mark.parametrize("value", ["", "x", "1e999", "nan", "99999999999999999"])
async def test_invalid_time_of_last_request_is_ignored(links, windows, value):
    await start(windows[0], LIMIT // 2)
    await links[0].run(lambda redis: redis.set("osutrack-gateway:budget:reads:last", value))
    assert 0 <= await windows[0].wait_s(LIMIT, Claim(paced=True)) <= 61
    assert links[0].connected


async def test_services_are_recorded_in_all_processes(links):
    one, other = (
        RateLimiter([Budget("reads", LIMIT, RequestWindow("reads", LIMIT, link))], concurrency=2, redis_link=link)
        for link in links
    )
    one.budgets["reads"].on_served(["198.51.100.7"])
    served = other.budgets["reads"].turns._served[False]  # noqa: SLF001
    await eventually(lambda: "198.51.100.7" in served)


@pytest.mark.parametrize("seed", range(12))
async def test_shared_window_agrees_with_a_local_one(links, seed):
    choose = random.Random(seed)
    limit = choose.randint(1, 30)
    name = f"seed {seed}"
    await links[0].run(lambda redis: redis.set(started_key(name), 1))
    clock = Clock()
    clock.move(WINDOW_S)
    local = RequestWindow(name, limit, RedisLink(None), monotonic=clock.monotonic)
    clock.move(WINDOW_S)
    shared = RequestWindow(name, limit, links[0])
    for _ in range(40):
        claim = Claim(keeps_reserve=choose.random() < 0.6, paced=choose.random() < 0.5)
        waits = [await window.wait_s(limit, claim) for window in (local, shared)]
        assert waits[1] == pytest.approx(waits[0], abs=1)
        started = [await window.start(limit, claim) is not None for window in (local, shared)]
        assert started[0] == started[1]
