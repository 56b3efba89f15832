"""The time of the tests."""

from datetime import UTC, datetime

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


class Clock:
    """A clock that starts at `NOON` and stands still between calls of `move`. Returns seconds since 1970."""

    def __init__(self) -> None:
        self.now = NOON.timestamp()

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds
