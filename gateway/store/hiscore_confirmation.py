"""The confirmation of cached hiscores by the history, which costs less than a request for them."""

from collections.abc import Callable
from datetime import datetime

from gateway.errors import UpstreamInvalid, UpstreamRejected
from gateway.records import Hiscores, UserMode

from .cache import Entry
from .fetches import FULL_RELOAD_S
from .history import History
from .resource import Resource

# The largest expected difference between the clocks of osu!track and the gateway.
CLOCK_SKEW_S = 300.0


class HiscoreConfirmation:
    """Proves that no hiscores were recorded since an entry was fetched.

    An update that records hiscores adds a snapshot or moves the newest one: docs/osutrack.md, "History is not
    append-only". A request for the history costs less than `/hiscores`, which counts as an update.
    """

    def __init__(
        self,
        histories: Resource[UserMode, History],
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._histories = histories
        self._clock = clock
        self._monotonic = monotonic

    async def validated_at(self, user_mode: UserMode, entry: Entry[Hiscores], *, background: bool) -> float | None:
        """The monotonic time at which the entry was certainly current; None without a proof."""
        age_s = self._monotonic() - entry.fetched_at
        before = self._clock() - age_s - CLOCK_SKEW_S
        cached = self._histories.entry(user_mode)
        # If the cached history already has a later snapshot, a refreshed one has it too.
        if cached is None or not _ends_before(cached, before) or age_s >= FULL_RELOAD_S:
            return None
        try:
            history = await self._histories.revalidate(user_mode, background=background)
        except (UpstreamInvalid, UpstreamRejected):
            # osu!track is available, so that the hiscores themselves can be requested.
            return None
        return history.validated_at if _ends_before(history, before) else None


def _ends_before(history: Entry[History], at: float) -> bool:
    """Whether no later snapshot exists. Never certain for unranked players: osu!track adds no snapshots for them."""
    rows = history.value.rows
    # A dropped row may be the newest.
    if not rows or rows[-1].global_rank is None or history.dropped:
        return False
    return datetime.fromisoformat(rows[-1].at).timestamp() < at
