"""The circuit breaker: the conditions to open, probe and close."""

import asyncio
from contextlib import ExitStack, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import (
    UpstreamBusy,
    UpstreamError,
    UpstreamInvalid,
    UpstreamRejected,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gateway.osutrack.circuit_breaker import CircuitBreaker
from gateway.osutrack.diagnosis import cause_of
from gateway.osutrack.health import Health
from tests.support.clock import Clock

DOWN = UpstreamUnavailable("osu!track failed (status 503). Try again later.", status=503)
FORBIDDEN = UpstreamRejected("osu!track refused the request (status 403).", status=403)
UNREADABLE = UpstreamInvalid("osu!track's response is not JSON.")


@pytest.fixture
def breaker(clock):
    return CircuitBreaker("reads", slow_s=5, clock=clock, monotonic=clock.monotonic)


def call(breaker, outcome=None, key="player"):
    with suppress(UpstreamError), breaker.call(key):
        if outcome is not None:
            raise outcome


def fail(breaker, times=1, outcome=DOWN):
    """Failures of as many players."""
    for key in range(times):
        call(breaker, outcome, key)


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


@pytest.mark.parametrize("answer", [UpstreamBusy("429"), UpstreamRejected("404", status=404)], ids=["busy", "404"])
def test_other_responses_count_as_success(breaker, answer):
    fail(breaker, 20, answer)

    assert breaker.health is Health.UP


@pytest.mark.parametrize("failure", [DOWN, UpstreamUnavailable("reset"), FORBIDDEN, UNREADABLE], ids=str)
def test_failures_of_ten_players_open_it(breaker, failure):
    fail(breaker, 10, failure)

    assert breaker.health is Health.DOWN


@pytest.mark.parametrize("failure", [DOWN, UpstreamUnavailable("reset"), FORBIDDEN, UNREADABLE], ids=str)
def test_failures_of_one_player_count_once(breaker, failure):
    for _ in range(50):
        call(breaker, failure)
    fail(breaker, 8, failure)

    assert breaker.health is Health.DEGRADED


def test_success_never_opens_it(breaker, clock):
    for _ in range(12):
        call(breaker)
    clock.move(30)
    fail(breaker, 10)
    clock.move(31)
    call(breaker)

    assert breaker.health is Health.DEGRADED


def test_next_failure_opens_it_after_successes_expired(breaker, clock):
    for _ in range(12):
        call(breaker)
    clock.move(30)
    fail(breaker, 10)
    clock.move(31)
    fail(breaker)

    assert breaker.health is Health.DOWN


@pytest.mark.parametrize("ended", [asyncio.CancelledError(), UpstreamTimeout("slow")], ids=["cancelled", "timeout"])
@pytest.mark.parametrize("seconds,health", [(4, Health.UP), (5, Health.DOWN)])
def test_timeout_counts_as_failure_if_slow(breaker, clock, seconds, health, ended):
    for key in range(10):
        with suppress(asyncio.CancelledError, UpstreamTimeout), breaker.call(key):
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
    with half_open.call("player"), pytest.raises(UpstreamUnavailable):
        half_open.check()


def test_availability_ends_with_the_pause(half_open, clock):
    assert (half_open.health, half_open.availability, half_open.retry_in_s) == (Health.DOWN, Health.DEGRADED, None)

    with half_open.call("player"):
        assert (half_open.availability, half_open.retry_in_s) == (Health.DOWN, 0)
    assert half_open.availability is Health.UP


def test_failed_probe_replaces_the_cause(half_open):
    call(half_open, UNREADABLE)

    assert half_open.availability is Health.DOWN
    assert half_open.cause == f"the latest request failed too: {cause_of(UNREADABLE)}"


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
    with suppress(asyncio.CancelledError), half_open.call("player"):
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
        with half_open.call("player"):
            await asyncio.Event().wait()

    probe = asyncio.ensure_future(hang())
    await asyncio.sleep(0)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)

    call(half_open)
    assert half_open.health is Health.UP


def test_call_started_before_opening_does_not_close_it(breaker):
    with breaker.call("player"):
        fail(breaker, 10)

    assert breaker.health is Health.DOWN


def test_call_started_before_opening_ends_no_probe(breaker, clock):
    with ExitStack() as calls:
        calls.enter_context(breaker.call("player"))
        fail(breaker, 10)
        clock.move(30)
        with breaker.call("player"):
            calls.close()
            with pytest.raises(UpstreamUnavailable):
                breaker.check()


@given(st.lists(st.tuples(st.floats(0, 30), st.booleans(), st.integers(0, 14)), max_size=80))
def test_opens_exactly_on_half_of_ten_calls(calls):
    """Each call: seconds since the previous one, failure, key."""
    clock = Clock()
    breaker = CircuitBreaker("reads", slow_s=5, clock=clock, monotonic=clock.monotonic)
    made: list[tuple[float, bool, int]] = []
    for seconds, failed, key in calls:
        clock.move(seconds)
        call(breaker, DOWN if failed else None, key)
        made.append((clock.now, failed, key))
        recent = [each for each in made if each[0] > clock.now - 60]
        failures = len({key for _, failed, key in recent if failed})
        total = failures + sum(not failed for _, failed, _ in recent)
        opened = failed and total >= 10 and failures * 2 >= total
        assert (breaker.health is Health.DOWN) is opened
        if opened:
            break


@pytest.mark.parametrize("step_s", [-3600, 3600])
def test_wall_clock_step_changes_no_duration(breaker, clock, step_s):
    fail(breaker, 10)
    clock.step(step_s)
    clock.move(29)
    assert breaker.retry_in_s == 1

    clock.move(1)
    breaker.check()


async def refused_probe():
    raise FORBIDDEN


@pytest.mark.parametrize("answers,health", [([], Health.DOWN), ([None], Health.DEGRADED)], ids=["first", "later"])
async def test_expected_block_needs_one_refusal(breaker, answers, health):
    breaker.expect_block()
    for outcome in [*answers, FORBIDDEN]:
        call(breaker, outcome)
    await breaker.examine_block(refused_probe)

    assert breaker.health is health


CAUSE = "osu!track failed (status 503). The service or a proxy in front of it is failing: wait."


def log_lines(caplog):
    assert {vars(record)["class"] for record in caplog.records} == {"reads"}
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    return [(record.message, getattr(record, "cause", None)) for record in caplog.records]


def test_transitions_are_logged_once_with_cause(breaker, clock, caplog):
    fail(breaker, 15)
    clock.move(30)
    fail(breaker)
    clock.move(30)
    call(breaker)
    call(breaker)

    assert log_lines(caplog) == [
        ("Requests to osu!track fail", CAUSE),
        ("Requests to osu!track are paused", f"10 of 10 calls failed in a minute, the last: {CAUSE}"),
        ("Requests to osu!track resume", "the probe succeeded"),
    ]


def test_single_failures_are_logged_once_per_change(breaker, clock, caplog):
    fail(breaker, 3)
    clock.move(61)
    call(breaker)
    call(breaker)
    fail(breaker)

    assert log_lines(caplog) == [
        ("Requests to osu!track fail", CAUSE),
        ("Requests to osu!track succeed again", None),
        ("Requests to osu!track fail", CAUSE),
    ]
    assert breaker.failures == {"server_error": 4}


def test_429_is_logged_as_busy(breaker, caplog):
    call(breaker, UpstreamBusy("osu!track's rate limit is reached. Try again later.", retry_after_s=9))

    assert breaker.health is Health.DEGRADED
    assert log_lines(caplog)[0][1].startswith("osu!track's rate limit is reached. Wait")


def test_429_is_no_success(breaker):
    fail(breaker, outcome=UpstreamBusy("busy", status=429))
    assert breaker.last_success_at is None
    call(breaker)
    assert breaker.last_success_at is not None


def test_each_kind_of_cause_is_logged_once(breaker, caplog):
    for _ in range(2):
        fail(breaker, outcome=UpstreamUnavailable("osu!track failed (status 500).", status=500))
        fail(breaker, outcome=UpstreamInvalid("unreadable"))
        fail(breaker, outcome=UpstreamBusy("busy", status=429))
    kinds = [record.kind for record in caplog.records if record.message == "Requests to osu!track fail"]
    assert kinds == ["server_error", "invalid", "busy"]


def test_block_is_logged_as_an_error(breaker, caplog):
    breaker.confirm_block("status 403")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
