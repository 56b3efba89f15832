"""The count of requests in a minute, as osu!track sees it."""

from heapq import heappop, heappush
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.shared.claim import UNLIMITED, Claim
from gateway.shared.local_window import MINUTE_S, WINDOW_S, LocalWindow
from tests.support.clock import Clock

SECONDS = st.floats(0, 40, allow_nan=False)
# The time before a request, its duration, and the part of it after which the request reaches osu!track.
CLAIMS = st.builds(Claim, keeps_reserve=st.booleans(), paced=st.booleans())
REQUESTS = st.lists(st.tuples(SECONDS, SECONDS, st.floats(0, 1)), min_size=8, max_size=60)


def arrivals(requests, limit, claim=UNLIMITED):
    """The times at which requests reach osu!track, if each is sent as soon as the window allows."""
    clock = Clock()
    window = LocalWindow(0, monotonic=clock.monotonic)
    ends: list[float] = []
    arrived = []

    def move_to(at):
        while ends and ends[0] <= at:
            clock.move(heappop(ends) - clock.monotonic())
            window.end()
        clock.move(max(at - clock.monotonic(), 0))

    for gap_s, duration_s, part in requests:
        move_to(clock.monotonic() + gap_s)
        while (wait_s := window.wait_s(limit, claim=claim)) > 0:
            # A request that ends meanwhile does not leave the window earlier.
            move_to(min([clock.monotonic() + wait_s, *ends]))
        window.start()
        arrived.append(clock.monotonic() + duration_s * part)
        heappush(ends, clock.monotonic() + duration_s)
    return sorted(arrived)


@given(REQUESTS, st.integers(1, 6), CLAIMS)
def test_no_minute_has_more_arrivals_than_the_limit(requests, limit, claim):
    arrived = arrivals(requests, limit, claim)

    gaps = [later - earlier for earlier, later in zip(arrived, arrived[limit:], strict=False)]
    assert all(gap_s > MINUTE_S for gap_s in gaps)


@given(REQUESTS, st.integers(1, 6), CLAIMS)
def test_wait_is_never_longer_than_a_window(requests, limit, claim):
    clock = Clock()
    window = LocalWindow(3, monotonic=clock.monotonic)
    for gap_s, _, _ in requests:
        window.start()
        clock.move(gap_s)
        window.end()

    assert 0 <= window.wait_s(limit, claim=claim) < WINDOW_S + 0.001


def sent_at(limit, claim, seconds):
    """The times of requests that take no time and are sent as soon as the window allows."""
    clock = Clock()
    window = LocalWindow(0, monotonic=clock.monotonic)
    started_at, sent = clock.monotonic(), []
    while (now := clock.monotonic() - started_at) < seconds:
        if (wait_s := window.wait_s(limit, claim=claim)) > 0:
            clock.move(wait_s)
        else:
            window.start()
            window.end()
            sent.append(now)
    return sent


@pytest.mark.parametrize("limit", [4, 30, 120])
def test_paced_requests_leave_no_long_gap(limit):
    sent = sent_at(limit, Claim(paced=True), 10 * WINDOW_S)

    gaps = [later - earlier for earlier, later in pairwise(sent)]
    # After the first minute, which begins with the burst.
    assert max(gaps[limit:]) <= WINDOW_S / limit + 0.01
    assert sent[limit // 2 - 1] < 1
    assert len(sent) >= 10 * limit - limit // 2


@pytest.mark.parametrize("limit,usable", [(1, 1), (3, 3), (4, 3), (30, 23), (120, 90)])
def test_reserve_is_a_quarter(limit, usable):
    assert len(sent_at(limit, Claim(keeps_reserve=True), WINDOW_S)) == usable
