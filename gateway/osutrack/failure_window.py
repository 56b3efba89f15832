"""The outcomes of the calls of the last minute."""

from collections import deque
from collections.abc import Hashable

WINDOW_S = 60.0
MIN_CALLS = 10


class FailureWindow:
    """Counts each success, and one failure per key: the failures of a single player are one failure.

    Every method takes the current time, in seconds of a monotonic clock.
    """

    def __init__(self) -> None:
        self._successes: deque[float] = deque()
        # The time of each key's latest failure, oldest first.
        self._failures: dict[Hashable, float] = {}

    def add_success(self, now: float) -> None:
        """Count a success."""
        self._successes.append(now)
        self._drop_expired(now)

    def add_failure(self, key: Hashable, now: float) -> None:
        """Count a failure, in place of an earlier one of the same key."""
        self._failures.pop(key, None)
        self._failures[key] = now

    def counts(self, now: float) -> tuple[int, int]:
        """The numbers of failures and of all calls."""
        self._drop_expired(now)
        return len(self._failures), len(self._failures) + len(self._successes)

    def is_failing(self, now: float) -> bool:
        """Whether at least half of ten or more calls failed."""
        failures, calls = self.counts(now)
        return calls >= MIN_CALLS and failures * 2 >= calls

    def clear(self) -> None:
        """Forget all calls."""
        self._successes.clear()
        self._failures.clear()

    def _drop_expired(self, now: float) -> None:
        while self._successes and self._successes[0] <= now - WINDOW_S:
            self._successes.popleft()
        # The first key has the oldest failure.
        while self._failures and next(iter(self._failures.values())) <= now - WINDOW_S:
            del self._failures[next(iter(self._failures))]
