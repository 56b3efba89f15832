"""Circuit breakers: pause a class of requests while osu!track fails or refuses them, and report its health."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager

from gateway.errors import UpstreamBusy, UpstreamError, UpstreamInvalid, UpstreamTimeout, UpstreamUnavailable

from .block_detector import BlockDetector
from .diagnosis import Diagnosis, cause_of, diagnose
from .failure_window import FailureWindow
from .health import Health, PauseReason
from .outage_log import OutageLog

OPEN_S = 30.0
FORBIDDEN = 403

PAUSED = {
    PauseReason.FAILURES: "osu!track is failing; requests are paused. Try again later.",
    PauseReason.BLOCK: "osu!track refuses the gateway's requests, so they are paused. Try again later.",
}


class CircuitBreaker:
    """A circuit that opens for 30 s when at least half of 10 or more calls in 60 s failed; one probe then decides.

    Only a failure opens it: a 5xx status, a timeout, a connection error, a 403, or an unreadable body. The failures of
    one key count once in the window, so that the requests for a single player never pause those for all others.
    A timeout or a cancellation counts as a failure after `slow_s` or more. A shorter call may have started with little
    time left, so it is not counted.
    """

    def __init__(
        self,
        name: str,
        *,
        slow_s: float,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`name` is the class of requests in logs; `clock` is the wall clock."""
        self.name = name
        self.last_success_at: float | None = None
        # The cause of a pause for clients, and that of the last failure for operators.
        self.cause: str | None = None
        self.diagnosis: Diagnosis | None = None
        self.failures: Counter[str] = Counter()
        self.pauses: Counter[str] = Counter()
        self._slow_s = slow_s
        self._clock = clock
        self._monotonic = monotonic
        self._window = FailureWindow()
        self._open_until: float | None = None
        self._reason = PauseReason.FAILURES
        self._probing = False
        self._log = OutageLog(name)
        self._busy_until = float("-inf")
        self._block = BlockDetector()
        # Called after a confirmed block.
        self.on_block: Callable[[], None] = lambda: None

    @property
    def health(self) -> Health:
        """DOWN while open; DEGRADED after any failure in the last minute, and during the pause after a 429."""
        if self._open_until is not None:
            return Health.DOWN
        degraded = self._busy_until > self._monotonic() or self.has_failures()
        return Health.DEGRADED if degraded else Health.UP

    def has_failures(self) -> bool:
        """Whether requests have failed in the last minute."""
        failures, _ = self._window.counts(self._monotonic())
        return failures > 0

    @property
    def availability(self) -> Health:
        """The health for clients: after a pause, DEGRADED until the probe is sent, which is the next request."""
        return Health.DEGRADED if self.health is Health.DOWN and self.retry_in_s is None else self.health

    @property
    def retry_in_s(self) -> float | None:
        """Seconds until a probe may be sent; None if requests are sent, be it as a probe."""
        if self._open_until is None:
            return None
        left_s = max(self._open_until - self._monotonic(), 0)
        return left_s if left_s or self._probing else None

    def check(self) -> None:
        """Raise `UpstreamUnavailable` while open. Call it before the request is charged to a budget."""
        retry_in_s = self.retry_in_s
        if retry_in_s is not None:
            raise UpstreamUnavailable(PAUSED[self._reason], retry_after_s=max(retry_in_s, 1), unsent=True)

    @contextmanager
    def call(self, key: Hashable) -> Iterator[None]:
        """Record the outcome of the call in the block; raises `UpstreamUnavailable` while open."""
        probe, started_at = self._admit(), self._monotonic()
        try:
            yield
        except (UpstreamTimeout, asyncio.CancelledError):
            duration_s = self._monotonic() - started_at
            if duration_s >= self._slow_s:
                cause = f"no answer within {duration_s:.0f} s"
                self._fail(key, cause, Diagnosis("timeout", cause), probe=probe)
            raise
        except UpstreamError as exc:
            self._record(key, exc, probe=probe)
            raise
        except Exception:
            # osu!track responded, so it is up.
            self._succeed(probe=probe)
            raise
        else:
            self._succeed(probe=probe)
        finally:
            # A probe without an outcome was cancelled: the next call is the probe.
            self._probing = self._probing and not probe

    async def examine_block(self, probe: Callable[[], Awaitable[None]]) -> None:
        """If a block is suspected, send the probe, which confirms or dispels it; without an answer, count again."""
        if not self._block.suspects:
            return
        try:
            with self._block.examination():
                await probe()
        except UpstreamError as exc:
            if is_refusal(exc):
                self.diagnosis = diagnose(exc)
                self.confirm_block(cause_of(exc))
        else:
            self.dispel_block()

    def note_pause(self, seconds: float) -> None:
        """Be DEGRADED for so many seconds, after a 429 of this process or another one."""
        self._busy_until = max(self._busy_until, self._monotonic() + seconds)
        self.diagnosis = Diagnosis("busy", "osu!track's rate limit is reached")

    def expect_block(self) -> None:
        """Send the probe after the next refusal: another process has confirmed a block."""
        self._block.expect()

    def confirm_block(self, cause: str) -> None:
        """Pause for minutes, longer after each block in a row."""
        self._open(PauseReason.BLOCK, self._block.next_pause_s(), "refused in a row, and by the probe", cause)
        self.on_block()

    def dispel_block(self) -> None:
        """End the pause after a block, if there is one: osu!track answers the probe."""
        self._block.dispel()
        if self._is_blocked:
            self._close()

    @property
    def _is_blocked(self) -> bool:
        return self._open_until is not None and self._reason is PauseReason.BLOCK

    def _admit(self) -> bool:
        self.check()
        self._probing = self._open_until is not None
        return self._probing

    def _record(self, key: Hashable, exc: UpstreamError, *, probe: bool) -> None:
        if is_refusal(exc):
            # A request sent before the pause tells nothing new.
            if probe or not self._is_blocked:
                self._block.count(key)
            self._fail(key, cause_of(exc), diagnose(exc), probe=probe)
        elif isinstance(exc, UpstreamUnavailable):
            if exc.status is not None:
                self._block.reset()
            self._fail(key, cause_of(exc), diagnose(exc), probe=probe)
        else:
            if isinstance(exc, UpstreamBusy):
                # A 429: up, but some requests will fail during the pause.
                self._busy_until = max(self._busy_until, self._monotonic() + (exc.retry_after_s or 0))
                self.diagnosis = diagnose(exc)
            self._answered(probe=probe)

    def _succeed(self, *, probe: bool) -> None:
        self.last_success_at = self._clock()
        self._answered(probe=probe)

    def _answered(self, *, probe: bool) -> None:
        """osu!track is up: it has answered, although a 429 or a refusal of this request is no success."""
        self._block.reset()
        if probe:
            self._close()
        else:
            self._window.add_success(self._monotonic())
            self._log.change(self.health, self.diagnosis)

    def _fail(self, key: Hashable, cause: str, diagnosis: Diagnosis, *, probe: bool) -> None:
        now = self._monotonic()
        self.diagnosis = diagnosis
        self.failures[diagnosis.kind] += 1
        if probe:
            self._open_until = now + OPEN_S
            self.cause = f"the latest request failed too: {cause}"
            self._log.failure(diagnosis)
            return
        self._window.add_failure(key, now)
        if self._open_until is None and self._window.is_failing(now):
            failures, calls = self._window.counts(now)
            summary = f"{failures} of {calls} calls failed in a minute, the last"
            self._open(PauseReason.FAILURES, OPEN_S, summary, cause)
        self._log.change(self.health, self.diagnosis)

    def _open(self, reason: PauseReason, pause_s: float, summary: str, cause: str) -> None:
        self._open_until = self._monotonic() + pause_s
        self._reason = reason
        self.cause = f"{summary}: {cause}"
        self.pauses[reason] += 1
        self._log.pause(reason, pause_s, summary, self.diagnosis or cause)

    def _close(self) -> None:
        self._open_until = self.cause = None
        self._window.clear()
        self._block.dispel()
        self._log.resumption()


def is_refusal(exc: UpstreamError) -> bool:
    """Whether the answer is one that a block would cause: status 403, or an unreadable body."""
    return isinstance(exc, UpstreamInvalid) or exc.status == FORBIDDEN
