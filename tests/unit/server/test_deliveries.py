"""Bounds on the memory of large responses, with clients that read at chosen rates."""

import logging
from os import urandom
from typing import Any

import pytest

from gateway.server.deliveries import (
    CONNECTION_BYTES,
    MIN_BYTES_PER_S,
    SAMPLE_S,
    TOLERANCE_BYTES,
    Cause,
    Deliveries,
    Delivery,
)
from gateway.telemetry.metrics import Metrics

MB = 2**20
LIMIT, CLIENT_LIMIT = 64 * MB, 32 * MB


class Flow:
    """A connection whose client has read `read_bytes` of its response."""

    def __init__(self):
        self.read_bytes = 0
        self.delivery: Any = None
        self.closed = False

    @property
    def unsent_bytes(self):
        return self.delivery.passed_bytes - self.read_bytes

    def abort(self):
        self.closed = True


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
async def deliveries(clock, loop_clock, metrics):
    return Deliveries(LIMIT, CLIENT_LIMIT, metrics, monotonic=clock.monotonic)


@pytest.fixture
def start(deliveries):
    """Start a delivery; the refusal's cause, or the delivery."""

    def start(client, megabytes=16, body=None):
        flow: Any = Flow()
        flow.delivery = delivery = Delivery(client, body or bytes(megabytes * MB), flow, f"request of {client}")
        delivery.passed_bytes = len(delivery.body)
        return deliveries.add(delivery) or delivery

    return start


@pytest.fixture
def let_read(clock, loop_clock, deliveries):
    """Let time pass, while clients read at rates given by delivery."""

    async def let_read(seconds, rates, every=1):
        for second in range(1, seconds + 1):
            clock.move(SAMPLE_S)
            for delivery, rate in rates.items():
                if second % every == 0:
                    delivery.flow.read_bytes += rate * every
            deliveries._sample()  # noqa: SLF001

    return let_read


def closed(*deliveries):
    return [delivery.flow.closed for delivery in deliveries]


async def test_responses_are_counted_with_their_connections(start, deliveries):
    start("a", 1)
    start("b", 2)
    assert deliveries.used_bytes == 3 * MB + 2 * CONNECTION_BYTES


async def test_shared_body_counts_once(start, deliveries):
    body = bytes(20 * MB)
    for number in range(40):
        start(str(number), body=body)
    assert deliveries.used_bytes == 20 * MB + 40 * CONNECTION_BYTES


async def test_ended_delivery_frees_its_bytes_once(start, deliveries):
    delivery = start("a")
    deliveries.remove(delivery)
    deliveries.remove(delivery)
    assert deliveries.used_bytes == 0


async def test_single_response_may_exceed_the_limits(start):
    assert isinstance(start("a", 100), Delivery)


async def test_fourth_response_is_refused_without_slow_clients(start, deliveries):
    running = [start(name) for name in "abc"]
    assert start("d") == Cause.TOTAL_LIMIT
    assert closed(*running) == [False, False, False]
    assert deliveries.used_bytes <= LIMIT


async def test_responses_of_one_client_are_bounded(start):
    start("a")
    assert start("a") == Cause.CLIENT_LIMIT
    assert isinstance(start("b"), Delivery)


async def test_slowest_client_is_closed_first(start, let_read):
    rates = {start("a"): 2000, start("b"): 0, start("c"): 9000}
    await let_read(60, rates)
    slow, slowest, faster = rates
    start("d")
    assert closed(slow, slowest, faster) == [False, True, False]
    start("e")
    assert closed(slow, slowest, faster) == [True, True, False]


async def test_slow_client_is_closed_for_its_own_response(start, let_read):
    own, other = start("a"), start("b")
    await let_read(60, {own: 0, other: 0})
    assert isinstance(start("a"), Delivery)
    assert closed(own, other) == [True, False]


@pytest.mark.parametrize("every", [1, 2, 5, 8])
async def test_client_at_the_minimum_rate_is_never_closed(start, let_read, every):
    delivery = start("a", 60)
    for _ in range(8):
        await let_read(77, {delivery: MIN_BYTES_PER_S}, every)
        assert start("b") == Cause.TOTAL_LIMIT
    assert closed(delivery) == [False]


async def test_client_that_stops_is_closed_in_time(start, let_read):
    delivery = start("a", 60)
    await let_read(100, {delivery: MIN_BYTES_PER_S})
    await let_read(TOLERANCE_BYTES // MIN_BYTES_PER_S + 100 // 8 + 1, {delivery: 0})
    assert isinstance(start("b"), Delivery)
    assert closed(delivery) == [True]


async def test_blocked_event_loop_makes_no_client_slow(start, deliveries, clock):
    delivery = start("a", 60)
    clock.move(60)
    deliveries._sample()  # noqa: SLF001
    assert not delivery.is_slow


async def test_stopped_client_is_closed_without_need(start, deliveries, let_read, metrics, caplog):
    delivery = start("a")
    deliveries.close_stopped(delivery.flow)
    assert closed(delivery) == [False]
    await let_read(60, {delivery: 0})
    deliveries.close_stopped(delivery.flow)
    assert closed(delivery) == [True]
    assert deliveries.used_bytes == 0
    assert metrics.counters["gateway_slow_clients_closed"].labels("stopped")._value.get() == 1  # noqa: SLF001


async def test_closed_and_refused_responses_are_logged(start, deliveries, let_read, caplog):
    caplog.set_level(logging.WARNING)
    delivery = start("a", 60)
    flow: Any = Flow()
    assert await deliveries.admit(Delivery("b", urandom(16 * MB), flow)) == Cause.TOTAL_LIMIT
    await let_read(60, {delivery: 100})
    start("c")
    refused, ended = caplog.records
    assert (refused.cause, refused.unsent_bytes) == ("total_limit", 16 * MB)
    assert (ended.cause, ended.request_id) == ("total_limit", "request of a")
    assert ended.unsent_bytes == 60 * MB - 6000


async def test_samples_are_taken_only_during_deliveries(start, deliveries, loop_clock):
    delivery = start("a")
    assert deliveries._timer is not None  # noqa: SLF001
    deliveries.remove(delivery)
    deliveries._sample()  # noqa: SLF001
    assert deliveries._timer is None  # noqa: SLF001


async def test_response_without_room_is_compressed(start, deliveries):
    start("a", 60)
    body = urandom(100) * (40 * MB // 100) + b"end"
    flow: Any = Flow()
    flow.delivery = delivery = Delivery("b", body, flow)
    assert await deliveries.admit(delivery) is None
    assert 60 * MB < deliveries.used_bytes < 62 * MB
    assert b"".join(delivery.pieces()) == body
    assert delivery.passed_bytes == delivery.length == len(body)
