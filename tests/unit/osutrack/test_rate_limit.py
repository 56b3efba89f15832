"""Request budgets and slots: order, waits, reserves, pauses and refusals."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import pytest

from gateway.deadline import Deadline
from gateway.errors import UpstreamBusy
from gateway.osutrack.budget import Budget
from gateway.osutrack.rate_limit import RateLimiter
from gateway.shared.local_window import WINDOW_S
from gateway.shared.redis_link import RedisLink
from gateway.shared.request_window import RequestWindow
from gateway.telemetry.request_context import RequestContext, current_request
from tests.support.event_loop import run_ready_tasks


@pytest.fixture
def rate_limiter(clock):
    """Five reads and two updates a minute, two slots; a sleeping request moves the clock."""

    async def sleep(seconds):
        clock.move(seconds)
        await asyncio.sleep(0)

    rates = {"reads": 5, "updates": 2, "unlimited": 0}
    budgets = [budget(name, per_minute, clock, sleep=sleep) for name, per_minute in rates.items()]
    clock.move(WINDOW_S)
    return RateLimiter(budgets, concurrency=2)


def budget(name, per_minute, clock, **parts):
    window = RequestWindow(name, per_minute, RedisLink(None), monotonic=clock.monotonic)
    return Budget(name, per_minute, window, monotonic=clock.monotonic, **parts)


class SendTimes(list[float]):
    """The times at which requests are sent, in seconds since the test's start."""

    def __init__(self, clock):
        super().__init__()
        self._monotonic = clock.monotonic
        self._started_at = clock.monotonic()

    def add_now(self):
        self.append(self._monotonic() - self._started_at)


@pytest.fixture
def sent(rate_limiter, clock):
    return SendTimes(clock)


async def send(rate_limiter, name="reads", timeout_s=100.0, *, sent=None, background=False, by_name=False):
    """One request, which takes no time; the time at which it is sent is added to `sent`."""
    deadline = Deadline.from_timeout(timeout_s, background=background)
    async with rate_limiter.slot(name, deadline, by_name=by_name):
        if sent is not None:
            sent.add_now()


refresh = partial(send, background=True)


@asynccontextmanager
async def slots_occupied(rate_limiter, count=2, *, background=False):
    async with AsyncExitStack() as slots:
        for _ in range(count):
            deadline = Deadline.from_timeout(100, background=background)
            await slots.enter_async_context(rate_limiter.slot("unlimited", deadline))
        yield


async def start(request):
    """The task of a request, at its first wait."""
    task = asyncio.ensure_future(request)
    await run_ready_tasks()
    return task


async def test_budget_holds_in_any_sixty_seconds(rate_limiter, sent):
    await asyncio.gather(*(send(rate_limiter, sent=sent) for _ in range(23)))

    assert len(sent) == 23
    assert min(later - earlier for earlier, later in zip(sent, sent[5:], strict=False)) >= WINDOW_S


async def test_budget_is_charged_only_when_sent(rate_limiter):
    async with slots_occupied(rate_limiter):
        waiting = await start(send(rate_limiter))
        assert await rate_limiter.budgets["reads"].remaining() == 5

    await waiting
    assert await rate_limiter.budgets["reads"].remaining() == 4


async def test_wait_beyond_deadline_is_refused_at_once(rate_limiter):
    await asyncio.gather(*(send(rate_limiter) for _ in range(5)))

    with pytest.raises(UpstreamBusy) as refusal:
        await send(rate_limiter, timeout_s=10)

    assert refusal.value.retry_after_s == pytest.approx(WINDOW_S, abs=0.1)
    assert refusal.value.unsent


async def test_wait_for_slot_ends_at_deadline(rate_limiter, loop_clock):
    async with slots_occupied(rate_limiter):
        waiting = await start(send(rate_limiter, "unlimited", timeout_s=5))
        loop_clock.move(5)

        with pytest.raises(UpstreamBusy, match="in use"):
            await waiting


async def test_timeout_reports_pause_that_began_meanwhile(rate_limiter, loop_clock):
    async with slots_occupied(rate_limiter):
        waiting = await start(send(rate_limiter, timeout_s=5))
        rate_limiter.pause("reads", 40)
        loop_clock.move(5)

        with pytest.raises(UpstreamBusy) as refusal:
            await waiting
    assert refusal.value.retry_after_s == 40


async def test_wait_behind_other_clients_ends_at_deadline(clock, loop_clock, client):
    never = asyncio.Event()
    rate_limiter = RateLimiter([budget("reads", 5, clock, sleep=lambda _: never.wait())], concurrency=2)
    clock.move(WINDOW_S)
    turns = rate_limiter.budgets["reads"].turns
    for name in ("a", "b"):
        client(name)
        await send(rate_limiter)
    # The first client is paced, so that the second one waits behind it.
    client("a")
    ahead = await start(send(rate_limiter))
    client("b")
    waiting = await start(send(rate_limiter, timeout_s=5))
    assert turns.waiting_clients == 2
    clock.move(WINDOW_S)
    loop_clock.move(5)

    with pytest.raises(UpstreamBusy, match="Other clients precede"):
        await waiting
    ahead.cancel()
    await asyncio.gather(ahead, return_exceptions=True)


async def test_nothing_is_charged_after_deadline(rate_limiter):
    with pytest.raises(UpstreamBusy):
        await send(rate_limiter, timeout_s=-1)

    assert await rate_limiter.budgets["reads"].remaining() == 5


async def test_interactive_requests_overtake_background_requests(rate_limiter):
    order = []

    async def named(name, *, background=False):
        await send(rate_limiter, "unlimited", background=background)
        order.append(name)

    async with slots_occupied(rate_limiter):
        waiting = [await start(named("refresh", background=True))]
        waiting += [await start(named(name)) for name in ("first", "second")]
    await asyncio.gather(*waiting)

    assert order == ["first", "second", "refresh"]


@pytest.fixture
def client():
    """Selects the client of the requests that follow."""
    before = current_request.get()

    def select(name):
        request_context = RequestContext(name)
        request_context.client = name
        current_request.set(request_context)

    yield select
    current_request.set(before)


async def test_clients_take_turns(rate_limiter, client):
    order = []

    async def named(name):
        await send(rate_limiter, "unlimited")
        order.append(name)

    async with slots_occupied(rate_limiter):
        waiting = []
        for name in ("a", "a", "a", "a", "b", "b", "c"):
            client(name)
            waiting.append(await start(named(name)))
    await asyncio.gather(*waiting)

    assert "".join(order) == "abcabaa"


async def test_client_that_returns_does_not_overtake(rate_limiter, client):
    order = []

    async def named(name, then=None):
        await send(rate_limiter, "unlimited")
        order.append(name)
        if then:
            await named(*then)

    async with slots_occupied(rate_limiter):
        waiting = []
        for name, then in (("a", ("a", ("a",))), ("b", None), ("b", None), ("b", None)):
            client(name)
            waiting.append(await start(named(name, then)))
    await asyncio.gather(*waiting)

    assert "".join(order) in {"ababab", "abbaba"}


async def test_background_requests_leave_slots_free(rate_limiter):
    async with slots_occupied(rate_limiter, 1, background=True):
        waiting = await start(refresh(rate_limiter, "unlimited"))
        await send(rate_limiter, "unlimited", timeout_s=1)
        assert not waiting.done()

    await waiting


@asynccontextmanager
async def hanging_by_name(rate_limiter, count):
    """So many requests by name that are never answered."""

    async def hang():
        async with rate_limiter.slot("unlimited", Deadline.from_timeout(100), by_name=True):
            await asyncio.Event().wait()

    tasks = [await start(hang()) for _ in range(count)]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("concurrency,free", [(8, 6), (4, 3), (2, 1), (16, 14)])
async def test_requests_by_name_leave_slots_free(clock, concurrency, free):
    rate_limiter = RateLimiter([budget("unlimited", 0, clock)], concurrency=concurrency)
    async with hanging_by_name(rate_limiter, 8), slots_occupied(rate_limiter, free):
        waiting = await start(send(rate_limiter, "unlimited"))
        assert not waiting.done()
    await waiting


async def test_wait_for_slot_by_name_ends_at_deadline(rate_limiter, loop_clock):
    async with hanging_by_name(rate_limiter, 1):
        waiting = await start(send(rate_limiter, "unlimited", timeout_s=5, by_name=True))
        loop_clock.move(5)

        with pytest.raises(UpstreamBusy, match="in use"):
            await waiting


async def test_slot_by_name_is_free_after_the_request(rate_limiter):
    async with hanging_by_name(rate_limiter, 3):
        pass

    await send(rate_limiter, "unlimited", timeout_s=1, by_name=True)


async def test_refresh_waiting_for_budget_occupies_no_slot(clock):
    async def sleep(_):
        await asyncio.Event().wait()

    budgets = [budget("hiscores", 2, clock, sleep=sleep), budget("reads", 5, clock)]
    clock.move(WINDOW_S)
    rate_limiter = RateLimiter(budgets, concurrency=2)
    rate_limiter.pause("hiscores", 30)
    waiting = await start(refresh(rate_limiter, "hiscores"))

    await refresh(rate_limiter, "reads", timeout_s=1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_background_requests_leave_reserved_budget(rate_limiter):
    refreshing = (refresh(rate_limiter, "reads", timeout_s=10) for _ in range(5))
    refreshed = await asyncio.gather(*refreshing, return_exceptions=True)

    assert [type(each) for each in refreshed] == [type(None)] * 4 + [UpstreamBusy]
    await send(rate_limiter, timeout_s=10)


async def test_background_requests_resume_above_reserve(rate_limiter, sent):
    await asyncio.gather(*(send(rate_limiter) for _ in range(4)))

    await refresh(rate_limiter, "reads", sent=sent)
    assert sent == [pytest.approx(WINDOW_S, abs=0.1)]


async def test_refresh_respects_reserve_after_slot_wait(rate_limiter):
    async with slots_occupied(rate_limiter, 1, background=True):
        waiting = await start(refresh(rate_limiter, "reads", timeout_s=10))
        for _ in range(4):
            await send(rate_limiter)

    with pytest.raises(UpstreamBusy):
        await waiting


async def test_pause_affects_its_own_budget_only(rate_limiter, sent):
    rate_limiter.budgets["reads"].pause(30)

    await send(rate_limiter, "updates", sent=sent)
    await send(rate_limiter, sent=sent)

    assert sent == [0, 30]


async def test_pause_during_slot_wait_is_respected(rate_limiter, sent):
    async with slots_occupied(rate_limiter):
        waiting = await start(send(rate_limiter, sent=sent))
        rate_limiter.pause("reads", 30)
    await waiting

    assert sent == [pytest.approx(30, abs=0.1)]


async def test_paused_budget_has_none_remaining(rate_limiter):
    rate_limiter.budgets["reads"].pause(30)

    assert await rate_limiter.budgets["reads"].remaining() == 0


async def test_cancelled_waiter_lets_next_one_proceed(rate_limiter):
    async with slots_occupied(rate_limiter):
        cancelled, following = [await start(send(rate_limiter, "unlimited")) for _ in range(2)]
        cancelled.cancel()
        await run_ready_tasks()

    await following
    await send(rate_limiter, "unlimited")
