"""osu!track's five endpoints: path, request budget and retry policy."""

from collections.abc import Callable
from typing import NamedTuple

from gateway.errors import UpstreamError, UpstreamTimeout

# The classes of requests: each has its own budget and circuit breaker.
READS, HISCORES, UPDATES = CLASSES = ("reads", "hiscores", "updates")


def _is_transient(exc: Exception) -> bool:
    return isinstance(exc, UpstreamTimeout) or (isinstance(exc, UpstreamError) and exc.transient)


def _is_transient_and_unsent(exc: Exception) -> bool:
    return isinstance(exc, UpstreamError) and exc.unsent and exc.transient


def never(_: Exception) -> bool:
    """Retry policy: none."""
    return False


class Endpoint(NamedTuple):
    """An endpoint of osu!track. `retry_if` decides whether a failed request is retried.

    A request that may update a player is slow, and runs to its end.
    """

    path: str
    budget: str
    retry_if: Callable[[Exception], bool]
    method: str = "GET"
    may_update: bool = False


HISTORY = Endpoint("/stats_history", READS, _is_transient)
PEAK = Endpoint("/peak", READS, _is_transient)
BEST_PLAYS = Endpoint("/bestplays", READS, _is_transient)
# Of a player that is known to have hiscores.
HISCORE_LIST = Endpoint("/hiscores", HISCORES, _is_transient)
# Of any other player: a sent request is not retried (docs/osutrack.md, "Reads that update").
HISCORE_UPDATE = Endpoint("/hiscores", HISCORES, _is_transient_and_unsent, may_update=True)
# Not retried: a second update loses the changes of the first (docs/osutrack.md, "Updates are not idempotent").
UPDATE = Endpoint("/update", UPDATES, never, "POST", may_update=True)
