"""A circuit breaker: pauses requests to osu!track while it fails, and reports its health."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from gateway.errors import UpstreamBusy, UpstreamTimeout, UpstreamUnavailable

WINDOW_S = 60.0
MIN_CALLS = 10
OPEN_S = 30.0


class Health(StrEnum):
    """osu!track's health, derived from the gateway's own requests."""

    UP = "UP"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"


class CircuitBreaker:
    """A circuit that opens for 30 s when at least half of 10 or more calls in 60 s failed; one probe then decides.

    A timeout or a cancellation counts as a failure after `slow_s` or more. A shorter call may have started with little
    time left, so it is not counted.
    """

    def __init__(
        self,
        *,
        slow_s: float,
        clock: Callable[[], float] = time.time,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self.last_success_at: float | None = None
        self.retry_at: float | None = None
        self._slow_s = slow_s
        self._clock = clock
        self._stopwatch = stopwatch
        self._outcomes: deque[tuple[float, bool]] = deque()
        self._failures = 0
        self._probing = False
        self._busy_until = 0.0

    @property
    def health(self) -> Health:
        """DOWN while open; DEGRADED after any failure in the last minute, and during the pause after a 429."""
        if self.retry_at is not None:
            return Health.DOWN
        self._drop_expired()
        degraded = self._busy_until > self._clock() or self._failures > 0
        return Health.DEGRADED if degraded else Health.UP

    def check(self) -> None:
        """Raise `UpstreamUnavailable` while open. Call it before the request is charged to a budget."""
        if self.retry_at is not None and (self._probing or self.retry_at > self._clock()):
            raise UpstreamUnavailable(
                "osu!track is failing; requests are paused. Try again later.",
                retry_after_s=max(self.retry_at - self._clock(), 1),
                unsent=True,
            )

    @contextmanager
    def call(self) -> Iterator[None]:
        """Record the outcome of the call in the block; raises `UpstreamUnavailable` while open."""
        probe, started_at = self._admit(), self._stopwatch()
        try:
            yield
        except (UpstreamTimeout, asyncio.CancelledError):
            if self._stopwatch() - started_at >= self._slow_s:
                self._record(failed=True, probe=probe)
            raise
        except UpstreamUnavailable:
            self._record(failed=True, probe=probe)
            raise
        except UpstreamBusy as exc:
            # A 429: up, but some requests will fail during the pause.
            self._busy_until = max(self._busy_until, self._clock() + (exc.retry_after_s or 0))
            self._record(failed=False, probe=probe)
            raise
        except Exception:
            # osu!track responded, so it is up.
            self._record(failed=False, probe=probe)
            raise
        else:
            self._record(failed=False, probe=probe)
        finally:
            # A probe without an outcome was cancelled: the next call is the probe.
            self._probing = self._probing and not probe

    def _admit(self) -> bool:
        self.check()
        self._probing = self.retry_at is not None
        return self._probing

    def _record(self, *, failed: bool, probe: bool) -> None:
        now = self._clock()
        if not failed:
            self.last_success_at = now
        if probe:
            self._outcomes.clear()
            self._failures = 0
            self.retry_at = now + OPEN_S if failed else None
            return
        self._outcomes.append((now, failed))
        self._failures += failed
        self._drop_expired()
        calls = len(self._outcomes)
        if self.retry_at is None and calls >= MIN_CALLS and self._failures * 2 >= calls:
            self.retry_at = now + OPEN_S

    def _drop_expired(self) -> None:
        while self._outcomes and self._outcomes[0][0] <= self._clock() - WINDOW_S:
            self._failures -= self._outcomes.popleft()[1]
