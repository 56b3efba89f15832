"""What kind of request each of osu!track's endpoints is: its budget, its timeout, and when it may be sent again."""

from collections.abc import Callable
from typing import NamedTuple

from gateway.errors import UpstreamError, UpstreamTimeout

READS, HISCORES, UPDATES = "reads", "hiscores", "updates"


def _failed_in_passing(exc: Exception) -> bool:
    return isinstance(exc, UpstreamTimeout) or (isinstance(exc, UpstreamError) and exc.transient)


def _never_sent(exc: Exception) -> bool:
    return isinstance(exc, UpstreamError) and exc.unsent and exc.transient


def never(_: Exception) -> bool:
    """After no failure at all."""
    return False


class Endpoint(NamedTuple):
    """`retry_if` says after which failures a request may be repeated."""

    path: str
    budget: str
    retry_if: Callable[[Exception], bool]
    method: str = "GET"


HISTORY = Endpoint("/stats_history", READS, _failed_in_passing)
PEAK = Endpoint("/peak", READS, _failed_in_passing)
BEST_PLAYS = Endpoint("/bestplays", READS, _failed_in_passing)
# With nothing to show, this GET updates the player first: once it is out, it is not repeated.
HISCORE_LIST = Endpoint("/hiscores", HISCORES, _never_sent)
UPDATE = Endpoint("/update", UPDATES, never, "POST")
