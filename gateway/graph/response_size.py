"""The size of one operation's response: its values, their points, and the CPU time of writing them.

It is counted before each list is written, because a list that is being written cannot be interrupted.
"""

from typing import Protocol

from gateway.errors import PointsMissing, ResultTooLarge

from .execution_turns import ExecutionTurns

# A larger response costs a point for each further 50,000 values that it starts.
VALUES_PER_POINT = 50_000
# Estimated CPU time of an operation: its maximum; that above which it waits for its turn (`graph/execution_turns.py`);
# and that above which others pause after it, and it waits for the end of their pause.
MAX_WORK_US = 90_000
UNINTERRUPTED_US = 15_000
SHORT_US = 3000


class PointsBalance(Protocol):
    """A client's points."""

    @property
    def limit(self) -> int:
        """The maximum balance; 0 means no limit."""

    @property
    def remaining(self) -> int:
        """The current balance."""

    @property
    def full_in_s(self) -> float:
        """Seconds until the balance is full."""

    def wait_s(self, points: int, /) -> float:
        """Seconds until the balance has so many points."""

    def take(self, points: int, /) -> None:
        """Take points; a negative number is a refund."""


class TurnNeeded(Exception):
    """The operation takes long, and must wait for its turn before it continues."""


class ResponseSize:
    """Counts an operation's values and work, within their limits."""

    def __init__(self, max_values: int, points: PointsBalance) -> None:
        self.values = 0
        # Of all attempts to execute the operation.
        self.work_us = 0.0
        # Whether work above `UNINTERRUPTED_US` is permitted.
        self.has_turn = False
        # Taken from the client while the operation runs, and its part of the operation's charge.
        self.points = self.charged = 0
        self._max_values = max_values
        self._balance = points

    def count_values(self, count: int) -> None:
        """Add values; raises `ResultTooLarge` or `PointsMissing` if they must not be written."""
        values = self.values + count
        if values > self._max_values:
            raise ResultTooLarge(
                f"The response has more than {self._max_values:,} values."
                " Narrow a window, use `every`, select fewer fields, or split the operation."
            )
        self.reset(values)

    def count_work(self, work_us: float) -> None:
        """Add estimated CPU time; raises `ResultTooLarge` above the limit."""
        if self.work_us + work_us > MAX_WORK_US:
            raise ResultTooLarge(
                "The lists and fields of this operation would take too much CPU time."
                " Narrow a window, use `every`, select fewer nested fields, or split the operation."
            )
        self.work_us += work_us

    def check_turn(self, work_us: float, turns: ExecutionTurns) -> None:
        """Raise `TurnNeeded` if the operation has to wait before this work."""
        total_us = self.work_us + work_us
        if not self.has_turn and total_us > SHORT_US and (total_us > UNINTERRUPTED_US or turns.are_paused):
            raise TurnNeeded

    def reset(self, values: int) -> None:
        """Set the number of values, and take or return the points of the difference."""
        points = (values - 1) // VALUES_PER_POINT if values else 0
        if points != self.points:
            self._take(points - self.points)
        self.values = values

    def settle(self) -> None:
        """Return the points to the client, which is charged for the operation as a whole."""
        self.charged = self.points
        if self.points:
            self._take(-self.points)

    def _take(self, points: int) -> None:
        balance = self._balance
        if balance.limit:
            if points > 0 and self.points + points > balance.limit:
                raise ResultTooLarge("The values of the response cost more points than any client has.")
            wait_s = balance.wait_s(points) if points > 0 else 0.0
            if wait_s > 0:
                raise PointsMissing(
                    f"The values of the response cost more points than this client has: {points}.",
                    retry_after_s=wait_s,
                )
            balance.take(points)
        self.points += points
