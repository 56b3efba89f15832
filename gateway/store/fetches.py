"""The requests that load and refresh histories, peaks and best plays."""

import time
from collections.abc import Callable
from typing import TypeVar

from gateway.deadline import Deadline
from gateway.osutrack.client import Client
from gateway.osutrack.decode import Fetched
from gateway.records import Peak, Rows, Snapshot, UserMode

from .cache import Entry
from .history import History
from .keys import BestPlays, BestPlaysKey, best_plays_of

V = TypeVar("V")

# The interval of full reloads.
FULL_RELOAD_S = 24 * 3600.0


class Fetches:
    """Each method returns a new value; None if the cached entry, which may be given, is still right."""

    def __init__(
        self,
        client: Client,
        *,
        fresh_s: Callable[[UserMode], float | None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fresh_s` limits the freshness of a player's data, if an update may still change it."""
        self._client = client
        self._fresh_s = fresh_s
        self._monotonic = monotonic

    async def history(self, user_mode: UserMode, entry: Entry[History] | None, deadline: Deadline) -> Fetched[History]:
        """The history: only its tail is requested, if the rest is cached and not older than a day."""
        if entry and entry.value.seam and self._monotonic() - entry.loaded_at < FULL_RELOAD_S:
            tail = await self._client.history(user_mode, deadline, since=entry.value.seam)
            history = entry.value.with_tail(tail.value, abridged=_is_abridged(tail))
            if history:
                # A maximum: each refresh receives the invalid rows of the tail once more.
                dropped = max(entry.dropped, tail.dropped)
                return Fetched(history.prepared(), dropped, partial=True, fresh_s=self._fresh_s(user_mode))
        full = await self._client.history(user_mode, deadline)
        history = History(user_mode, full.value, _is_abridged(full)).prepared()
        return Fetched(history, full.dropped, fresh_s=self._fresh_s(user_mode))

    async def peak(self, user_mode: UserMode, entry: Entry[Peak] | None, deadline: Deadline) -> Fetched[Peak] | None:
        """The peak."""
        fresh_s = self._fresh_s(user_mode)
        fetched = await self._client.peak(user_mode, deadline, etag=None if fresh_s else _etag(entry))
        return fetched and fetched._replace(fresh_s=fresh_s)

    async def best_plays(
        self, key: BestPlaysKey, entry: Entry[BestPlays] | None, deadline: Deadline
    ) -> Fetched[BestPlays] | None:
        """The best plays of a mode and time, as many as the key has."""
        mode, since, until, limit = key
        fetched = await self._client.best_plays(
            mode, deadline, since=since, until=until, limit=limit, etag=_etag(entry)
        )
        if fetched is None:
            return None
        best_plays = best_plays_of(fetched.value, fetched.received, limit)
        return Fetched(best_plays, fetched.dropped, fetched.received, fetched.etag)


def _is_abridged(fetched: Fetched[Rows[Snapshot]]) -> bool:
    """Whether rows of the response are missing from its value."""
    return fetched.received > len(fetched.value)


def _etag(entry: Entry[V] | None) -> str | None:
    return entry.etag if entry else None
