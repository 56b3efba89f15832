"""Leave osu!track alone while it fails: a circuit breaker, and what it has learnt about osu!track's health."""

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
    """How osu!track is doing, as seen from here."""

    UP = "UP"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"


class CircuitBreaker:
    """Opens for 30 s when half or more of at least 10 calls in 60 s failed; then one probe decides.

    A call that ran out of time has failed if it took `slow_s` until then. If not, it had waited for its turn before,
    and tells nothing.
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
        """DOWN while open; DEGRADED when any of the last minute's calls failed, and while it wants to be left alone."""
        if self.retry_at is not None:
            return Health.DOWN
        self._forget_old()
        strained = self._busy_until > self._clock() or self._failures > 0
        return Health.DEGRADED if strained else Health.UP

    def check(self) -> None:
        """Raise `UpstreamUnavailable` while open, before anything is spent on a call that would not be made."""
        if self.retry_at is not None and (self._probing or self.retry_at > self._clock()):
            raise UpstreamUnavailable(
                "osu!track is failing and is left alone for a moment. Try again later.",
                retry_after_s=max(self.retry_at - self._clock(), 1),
                unsent=True,
            )

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around one exchange, which it counts; checks first."""
        probe, began = self._admit(), self._stopwatch()
        try:
            yield
        except (UpstreamTimeout, asyncio.CancelledError):
            if self._stopwatch() - began >= self._slow_s:
                self._record(failed=True, probe=probe)
            raise
        except UpstreamUnavailable:
            self._record(failed=True, probe=probe)
            raise
        except UpstreamBusy as exc:
            # A 429: alive, but some of what is asked will go without an answer.
            self._busy_until = max(self._busy_until, self._clock() + (exc.retry_after_s or 0))
            self._record(failed=False, probe=probe)
            raise
        except Exception:
            # It answered, if not what we hoped for: alive.
            self._record(failed=False, probe=probe)
            raise
        else:
            self._record(failed=False, probe=probe)
        finally:
            # A cancelled probe has learnt nothing: the next call is the probe.
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
        self._forget_old()
        calls = len(self._outcomes)
        if self.retry_at is None and calls >= MIN_CALLS and self._failures * 2 >= calls:
            self.retry_at = now + OPEN_S

    def _forget_old(self) -> None:
        while self._outcomes and self._outcomes[0][0] <= self._clock() - WINDOW_S:
            self._failures -= self._outcomes.popleft()[1]
