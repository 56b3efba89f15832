"""The part of a request budget that a request may use, by the turn of its client."""

from typing import NamedTuple

# The reserve: this part of a budget is left to interactive requests of clients that were not served in the last minute.
RESERVED_SHARE = 4
# A paced request need not wait while less than this part of its requests is used.
BURST_SHARE = 2


class Claim(NamedTuple):
    """A request that `keeps_reserve` leaves a quarter of the budget unused.

    A `paced` one need not wait for the first half of the rest; the second half is spread evenly over the minute, and so
    never used up long before the next request is free. Among several processes, the request goes first that `waited_s`
    longest since the last one of its client; None has no precedence.
    """

    keeps_reserve: bool = False
    paced: bool = False
    waited_s: float | None = None

    def usable(self, available: int) -> int:
        """The requests that may be sent, of those available a minute."""
        return available - max(available, 0) // RESERVED_SHARE if self.keeps_reserve else available

    def burst(self, usable: int) -> int:
        """The requests that may be sent at once, of the usable ones."""
        return max(usable // BURST_SHARE, 1) if self.paced else usable


UNLIMITED = Claim()
