"""Single flight: what is shared, and what is cancelled."""

import asyncio

from gateway.errors import UpstreamTimeout
from gateway.store.singleflight import SingleFlight


class Slow:
    """Something to wait for; counts how often it was begun, and how often cancelled."""

    def __init__(self):
        self.begun = 0
        self.cancelled = 0
        self.done = asyncio.Event()

    async def __call__(self):
        self.begun += 1
        try:
            await self.done.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            # Cleaning up takes a moment, as closing a connection does.
            await asyncio.sleep(0)
            raise
        return self.begun


def joining(flights, fly, key="key"):
    return asyncio.ensure_future(flights.do(key, fly))


async def soon():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_all_who_want_the_same_share_one_flight():
    flights, slow = SingleFlight[int](), Slow()
    waiting = [joining(flights, slow) for _ in range(50)]
    await soon()
    slow.done.set()

    assert await asyncio.gather(*waiting) == [1] * 50
    assert len(flights) == 0


async def test_other_keys_have_flights_of_their_own():
    flights, slow = SingleFlight[int](), Slow()
    waiting = [joining(flights, slow, key) for key in range(3)]
    await soon()
    slow.done.set()
    await asyncio.gather(*waiting)

    assert slow.begun == 3


async def test_one_who_goes_away_leaves_the_flight_to_the_others():
    flights, slow = SingleFlight[int](), Slow()
    gone, stays = joining(flights, slow), joining(flights, slow)
    await soon()
    gone.cancel()
    await soon()
    slow.done.set()

    assert await stays == 1
    assert slow.cancelled == 0


async def test_the_last_one_to_go_cancels_the_flight():
    flights, slow = SingleFlight[int](), Slow()
    waiting = [joining(flights, slow) for _ in range(2)]
    await soon()
    for waiter in waiting:
        waiter.cancel()
    await soon()

    assert (slow.cancelled, len(flights)) == (1, 0)


async def test_who_comes_while_a_flight_is_being_cancelled_gets_a_new_one():
    flights, slow = SingleFlight[int](), Slow()
    gone = joining(flights, slow)
    await soon()
    gone.cancel()
    await asyncio.sleep(0)
    late = joining(flights, slow)
    await soon()
    slow.done.set()

    assert await late == 2


async def test_a_failure_is_told_to_everyone_and_not_remembered():
    async def fail():
        raise UpstreamTimeout("slow")

    flights = SingleFlight[None]()
    outcomes = await asyncio.gather(*(flights.do("key", fail) for _ in range(3)), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [UpstreamTimeout] * 3
    assert len(flights) == 0


async def test_closing_waits_for_flights_that_are_still_being_cancelled():
    flights, slow = SingleFlight[int](), Slow()
    gone, stays = joining(flights, slow, "a"), joining(flights, slow, "b")
    await soon()
    gone.cancel()
    await asyncio.sleep(0)
    await flights.close()

    assert (slow.cancelled, len(flights)) == (2, 0)
    await asyncio.gather(gone, stays, return_exceptions=True)
