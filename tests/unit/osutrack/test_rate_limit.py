"""Budgets: what is sent when, in which order, and who is told to come back later."""

import asyncio
import time
from functools import partial

import pytest
import time_machine
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy
from gateway.osutrack.budget import Budget
from gateway.osutrack.rate_limit import RateLimiter
from tests.support.clock import NOON


@pytest.fixture
def wall():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def rate_limiter(wall):
    """Five reads and two updates a minute, two requests at once; whoever sleeps moves the clock."""

    async def sleep(seconds):
        wall.shift(seconds)
        await asyncio.sleep(0)

    limiter = MovingWindowRateLimiter(MemoryStorage())
    budgets = [Budget("reads", 5, limiter, reserved=1, sleep=sleep), Budget("updates", 2, limiter, sleep=sleep)]
    return RateLimiter([*budgets, Budget("free", 0, limiter, sleep=sleep)], concurrency=2)


async def send(rate_limiter, name="reads", timeout_s=100.0, *, hold=None, sent=None, background=False):
    async with rate_limiter.slot(name, Deadline.from_timeout(timeout_s, background=background)):
        if sent is not None:
            sent.append(time.time())
        if hold is not None:
            await hold.wait()


refresh = partial(send, background=True)


async def soon():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_no_sixty_seconds_see_more_than_the_budget(rate_limiter):
    sent: list[float] = []
    await asyncio.gather(*(send(rate_limiter, sent=sent) for _ in range(23)))

    assert len(sent) == 23
    assert min(later - earlier for earlier, later in zip(sent, sent[5:], strict=False)) > 60


async def test_what_waits_for_room_is_paid_for_only_when_it_is_sent(rate_limiter, wall):
    hold, sent = asyncio.Event(), list[float]()
    holding = [asyncio.ensure_future(send(rate_limiter, "free", hold=hold)) for _ in range(2)]
    await soon()
    waiting = asyncio.ensure_future(send(rate_limiter, sent=sent))
    await soon()

    assert await rate_limiter.budgets["reads"].remaining() == 5
    hold.set()
    await asyncio.gather(waiting, *holding)
    assert await rate_limiter.budgets["reads"].remaining() == 4


async def test_who_would_wait_beyond_the_deadline_is_told_at_once_when_to_come_back(rate_limiter):
    await asyncio.gather(*(send(rate_limiter) for _ in range(5)))

    with pytest.raises(UpstreamBusy) as refusal:
        await send(rate_limiter, timeout_s=10)

    assert refusal.value.retry_after_s == pytest.approx(60, abs=0.1)
    assert refusal.value.unsent


async def test_who_waits_for_room_waits_no_longer_than_the_deadline(rate_limiter):
    hold = asyncio.Event()
    holding = [asyncio.ensure_future(send(rate_limiter, "free", hold=hold)) for _ in range(2)]
    await soon()

    with pytest.raises(UpstreamBusy, match="in use"):
        await send(rate_limiter, "free", timeout_s=0.005)

    hold.set()
    await asyncio.gather(*holding)


async def test_who_has_waited_in_vain_is_told_when_a_pause_that_began_meanwhile_ends(rate_limiter):
    hold = asyncio.Event()
    holding = [asyncio.ensure_future(send(rate_limiter, "free", hold=hold)) for _ in range(2)]
    waiting = asyncio.ensure_future(send(rate_limiter, timeout_s=0.3))
    await soon()
    rate_limiter.pause("reads", 40)

    with pytest.raises(UpstreamBusy) as refusal:
        await waiting
    assert refusal.value.retry_after_s == 40
    hold.set()
    await asyncio.gather(*holding)


async def test_nothing_is_paid_after_the_deadline(rate_limiter):
    with pytest.raises(UpstreamBusy):
        await send(rate_limiter, timeout_s=-1)

    assert await rate_limiter.budgets["reads"].remaining() == 5


async def test_people_go_before_what_runs_in_the_background(rate_limiter):
    hold, order = asyncio.Event(), list[str]()

    async def named(name, *, background):
        async with rate_limiter.slot("free", Deadline.from_timeout(100, background=background)):
            order.append(name)

    holding = [asyncio.ensure_future(send(rate_limiter, "free", hold=hold)) for _ in range(2)]
    await soon()
    waiting = [asyncio.ensure_future(named("refresh", background=True))]
    await soon()
    waiting += [asyncio.ensure_future(named(name, background=False)) for name in ("first", "second")]
    await soon()
    hold.set()
    await asyncio.gather(*waiting, *holding)

    assert order == ["first", "second", "refresh"]


async def test_what_runs_in_the_background_does_not_take_all_requests_at_once(rate_limiter):
    hold, sent = asyncio.Event(), list[float]()
    refreshing = [asyncio.ensure_future(refresh(rate_limiter, "free", hold=hold, sent=sent)) for _ in range(2)]
    await soon()
    await send(rate_limiter, "free", timeout_s=1)

    assert len(sent) == 1
    hold.set()
    await asyncio.gather(*refreshing)


async def test_a_refresh_that_waits_for_its_budget_is_in_the_way_of_no_other(wall):
    asleep = asyncio.Event()

    async def sleep(_):
        asleep.set()
        await asyncio.Event().wait()

    limiter = MovingWindowRateLimiter(MemoryStorage())
    rate_limiter = RateLimiter(
        [Budget("hiscores", 2, limiter, sleep=sleep), Budget("reads", 5, limiter)], concurrency=2
    )
    rate_limiter.pause("hiscores", 30)
    waiting = asyncio.ensure_future(refresh(rate_limiter, "hiscores"))
    await asleep.wait()

    await refresh(rate_limiter, "reads", timeout_s=1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_what_runs_in_the_background_leaves_a_part_of_the_budget_to_people(rate_limiter):
    refreshing = (refresh(rate_limiter, "reads", timeout_s=10) for _ in range(5))
    refreshed = await asyncio.gather(*refreshing, return_exceptions=True)

    assert [type(each) for each in refreshed] == [type(None)] * 4 + [UpstreamBusy]
    await send(rate_limiter, timeout_s=10)


async def test_what_runs_in_the_background_goes_on_when_there_is_more_than_that_part(rate_limiter, wall):
    await asyncio.gather(*(send(rate_limiter) for _ in range(4)))

    sent: list[float] = []
    await refresh(rate_limiter, "reads", sent=sent)
    assert [at - NOON.timestamp() for at in sent] == [pytest.approx(60, abs=0.1)]


async def test_a_refresh_that_has_waited_for_room_leaves_that_part_to_people_too(rate_limiter):
    hold = asyncio.Event()
    holding = asyncio.ensure_future(refresh(rate_limiter, "free", hold=hold))
    await soon()
    waiting = asyncio.ensure_future(refresh(rate_limiter, "reads", timeout_s=10))
    await soon()
    for _ in range(4):
        await send(rate_limiter)
    hold.set()

    with pytest.raises(UpstreamBusy):
        await waiting
    await holding


async def test_a_pause_holds_its_own_budget_only(rate_limiter, wall):
    rate_limiter.budgets["reads"].pause(30)

    sent: list[float] = []
    await send(rate_limiter, "updates", sent=sent)
    await send(rate_limiter, sent=sent)

    assert [at - NOON.timestamp() for at in sent] == [0, 30]


async def test_a_pause_that_begins_while_one_waits_for_room_is_kept_to(rate_limiter, wall):
    hold, sent = asyncio.Event(), list[float]()
    holding = [asyncio.ensure_future(send(rate_limiter, "free", hold=hold)) for _ in range(2)]
    waiting = asyncio.ensure_future(send(rate_limiter, sent=sent))
    await soon()
    rate_limiter.pause("reads", 30)
    hold.set()
    await asyncio.gather(waiting, *holding)

    assert [at - NOON.timestamp() for at in sent] == [pytest.approx(30, abs=0.1)]


async def test_during_a_pause_nothing_remains(rate_limiter):
    rate_limiter.budgets["reads"].pause(30)

    assert await rate_limiter.budgets["reads"].remaining() == 0


async def test_one_who_gives_up_lets_the_next_one_go(rate_limiter):
    hold = asyncio.Event()
    holding = [asyncio.ensure_future(send(rate_limiter, "free", hold=hold)) for _ in range(2)]
    await soon()
    gone, next_one = (asyncio.ensure_future(send(rate_limiter, "free")) for _ in range(2))
    await soon()
    gone.cancel()
    await soon()
    hold.set()

    await asyncio.gather(next_one, *holding)
    await send(rate_limiter, "free")
