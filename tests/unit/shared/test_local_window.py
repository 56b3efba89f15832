"""The count of requests in a minute, as osu!track sees it."""

from heapq import heappop, heappush

from hypothesis import given
from hypothesis import strategies as st

from gateway.shared.local_window import MINUTE_S, WINDOW_S, LocalWindow
from tests.support.clock import Clock

SECONDS = st.floats(0, 40, allow_nan=False)
# The time before a request, its duration, and the part of it after which the request reaches osu!track.
REQUESTS = st.lists(st.tuples(SECONDS, SECONDS, st.floats(0, 1)), min_size=8, max_size=60)


def arrivals(requests, limit):
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
        while (wait_s := window.wait_s(limit)) > 0:
            # A request that ends meanwhile does not leave the window earlier.
            move_to(min([clock.monotonic() + wait_s, *ends]))
        window.start()
        arrived.append(clock.monotonic() + duration_s * part)
        heappush(ends, clock.monotonic() + duration_s)
    return sorted(arrived)


@given(REQUESTS, st.integers(1, 6))
def test_no_minute_has_more_arrivals_than_the_limit(requests, limit):
    arrived = arrivals(requests, limit)

    gaps = [later - earlier for earlier, later in zip(arrived, arrived[limit:], strict=False)]
    assert all(gap_s > MINUTE_S for gap_s in gaps)


@given(REQUESTS, st.integers(1, 6))
def test_wait_is_never_longer_than_a_window(requests, limit):
    clock = Clock()
    window = LocalWindow(3, monotonic=clock.monotonic)
    for gap_s, _, _ in requests:
        window.start()
        clock.move(gap_s)
        window.end()

    assert 0 <= window.wait_s(limit) < WINDOW_S + 0.001
