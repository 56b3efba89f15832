"""The circuit breaker: the conditions to open, probe and close."""

import asyncio
from contextlib import ExitStack, suppress

import pytest

from gateway.errors import UpstreamBusy, UpstreamError, UpstreamInvalid, UpstreamTimeout, UpstreamUnavailable
from gateway.osutrack.circuit_breaker import CircuitBreaker, Health


@pytest.fixture
def breaker(clock):
    return CircuitBreaker(slow_s=5, clock=clock, stopwatch=clock)


def call(breaker, outcome=None):
    with suppress(UpstreamError), breaker.call():
        if outcome is not None:
            raise outcome


def fail(breaker, times=1):
    for _ in range(times):
        call(breaker, UpstreamUnavailable("down"))


def test_few_calls_keep_it_closed(breaker):
    fail(breaker, 9)

    breaker.check()


def test_half_of_ten_calls_failing_opens_it(breaker):
    for _ in range(5):
        call(breaker)
    fail(breaker, 5)

    with pytest.raises(UpstreamUnavailable) as refusal:
        breaker.check()
    assert (refusal.value.retry_after_s, refusal.value.unsent) == (30, True)


def test_fewer_failures_keep_it_closed(breaker):
    for _ in range(6):
        call(breaker)
    fail(breaker, 5)

    breaker.check()


@pytest.mark.parametrize("answer", [UpstreamBusy("429"), UpstreamInvalid("<html>")], ids=["busy", "invalid"])
def test_any_response_counts_as_success(breaker, answer):
    for _ in range(20):
        call(breaker, answer)

    assert breaker.health is Health.UP


@pytest.mark.parametrize("ended", [asyncio.CancelledError(), UpstreamTimeout("slow")], ids=["cancelled", "timeout"])
@pytest.mark.parametrize("seconds,health", [(4, Health.UP), (5, Health.DOWN)])
def test_timeout_counts_as_failure_if_slow(breaker, clock, seconds, health, ended):
    for _ in range(10):
        with suppress(asyncio.CancelledError, UpstreamTimeout), breaker.call():
            clock.move(seconds)
            raise ended

    assert breaker.health is health


def test_pause_after_429_is_degraded(breaker, clock):
    call(breaker, UpstreamBusy("429", retry_after_s=40))
    call(breaker, UpstreamBusy("429", retry_after_s=5))

    breaker.check()
    clock.move(39)
    during_pause = breaker.health
    clock.move(1)
    assert (during_pause, breaker.health) == (Health.DEGRADED, Health.UP)


def test_failures_expire_after_a_minute(breaker, clock):
    fail(breaker, 9)
    clock.move(61)
    fail(breaker)

    assert breaker.health is Health.DEGRADED


def test_expired_failures_do_not_affect_health(breaker, clock):
    fail(breaker, 9)
    clock.move(61)
    assert breaker.health is Health.UP

    for _ in range(10):
        call(breaker)
    assert breaker.health is Health.UP


@pytest.fixture
def half_open(breaker, clock):
    fail(breaker, 10)
    clock.move(30)
    return breaker


def test_half_open_admits_one_probe(half_open):
    with half_open.call(), pytest.raises(UpstreamUnavailable):
        half_open.check()


def test_successful_probe_closes_it(half_open, clock):
    call(half_open)

    half_open.check()
    assert (half_open.health, half_open.last_success_at) == (Health.UP, clock.now)


def test_failed_probe_opens_it_for_thirty_seconds(half_open, clock):
    fail(half_open)
    clock.move(29)

    with pytest.raises(UpstreamUnavailable):
        half_open.check()


def test_slow_cancelled_probe_opens_it(half_open, clock):
    with suppress(asyncio.CancelledError), half_open.call():
        clock.move(5)
        raise asyncio.CancelledError

    with pytest.raises(UpstreamUnavailable):
        half_open.check()


def test_successful_probe_clears_earlier_failures(half_open):
    for _ in range(6):
        call(half_open)
    fail(half_open, 5)

    assert half_open.health is Health.DOWN


async def test_cancelled_probe_admits_the_next_call(half_open):
    async def hang():
        with half_open.call():
            await asyncio.Event().wait()

    probe = asyncio.ensure_future(hang())
    await asyncio.sleep(0)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)

    call(half_open)
    assert half_open.health is Health.UP


def test_call_started_before_opening_does_not_close_it(breaker):
    with breaker.call():
        fail(breaker, 10)

    assert breaker.health is Health.DOWN


def test_call_started_before_opening_ends_no_probe(breaker, clock):
    with ExitStack() as calls:
        calls.enter_context(breaker.call())
        fail(breaker, 10)
        clock.move(30)
        with breaker.call():
            calls.close()
            with pytest.raises(UpstreamUnavailable):
                breaker.check()
