"""The time of the tests."""

from datetime import UTC, datetime

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


class Clock:
    """Wall time (a call: seconds since 1970, from `NOON`) and monotonic time; both stand still between moves."""

    def __init__(self) -> None:
        self.now = NOON.timestamp()
        # Like a machine that was started a moment ago: far from wall time, so that a mixture of both fails.
        self._monotonic = 5.0

    def __call__(self) -> float:
        return self.now

    def monotonic(self) -> float:
        """Seconds since an unknown moment."""
        return self._monotonic

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self._monotonic += seconds

    def step(self, seconds: float) -> None:
        """Set the wall clock forward, or back: no time passes."""
        self.now += seconds
