"""Evidence that a request for hiscores updates no player (docs/osutrack.md, "Reads that update")."""

from collections.abc import Callable
from datetime import UTC, datetime

from gateway.osutrack.decode import Fetched
from gateway.records import Hiscores

from .cache import Entry
from .history import History

# A row that was recorded by this time before the request is not a result of the request.
RECORDED_BEFORE_S = 60.0
# A row that was recorded at most this long before the end of a request may be its result.
NEW_S = 300.0


class HiscoreEvidence:
    """Compares the times at which hiscores were recorded with those of the requests."""

    def __init__(self, clock: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._clock = clock
        self._monotonic = monotonic

    def updated_nothing(self, fetched: Fetched[Hiscores], started_at: float) -> bool:
        """Whether osu!track had recorded some of these hiscores before the request started."""
        # osu!track's own clock, if it is known.
        now = self._clock() if fetched.responded_at is None else fetched.responded_at
        limit = _instant(now - (self._monotonic() - started_at) - RECORDED_BEFORE_S)
        return any(play.recorded_at < limit for play in fetched.value)

    def had_no_effect(self, entry: Entry[Hiscores | None]) -> bool:
        """Whether osu!track recorded none of these hiscores when they were requested."""
        # A request takes at most the update timeout: much less than the margin.
        limit = _instant(self._clock() - (self._monotonic() - entry.fetched_at) - NEW_S)
        return all(play.recorded_at < limit for play in entry.value or ())


def is_empty(entry: Entry[History] | None) -> bool:
    """Whether osu!track has no snapshot of the player; False if the history is unknown."""
    return entry is not None and not entry.value.rows


def has_pp(entry: Entry[History] | None) -> bool:
    """Whether a snapshot of the player has pp; False if the history is unknown."""
    return entry is not None and any(row.pp > 0 for row in reversed(entry.value.rows))


def _instant(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%S")
