"""The deadline of an operation, passed down from the GraphQL layer to each request to osu!track."""

import asyncio
from typing import NamedTuple

# A waiter outlives the request by this much, so that the request can report its own timeout first.
GRACE_S = 0.25


class Deadline(NamedTuple):
    """A point on the running event loop's clock. Background work yields to interactive requests."""

    at: float
    background: bool = False

    @classmethod
    def from_timeout(cls, timeout_s: float, *, background: bool = False) -> "Deadline":
        """The deadline `timeout_s` from now."""
        return cls(asyncio.get_running_loop().time() + timeout_s, background)

    @property
    def with_grace(self) -> float:
        """The deadline plus the grace period, for waiters."""
        return self.at + GRACE_S

    @property
    def remaining_s(self) -> float:
        """Seconds until the deadline; 0 or negative once it has passed."""
        return self.at - asyncio.get_running_loop().time()
