"""osu!track as the gateway remembers it: five resources, and how each is read with as little traffic as can be."""

import time
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar

from gateway.deadline import Deadline
from gateway.errors import UpstreamInvalid, UpstreamRejected
from gateway.osutrack.client import Client
from gateway.osutrack.decode import Fetched
from gateway.records import Hiscore, Peak, Rows, Snapshot, UserMode
from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink

from . import codec
from .cache import Cache, Entry
from .codec import Codec
from .history import History
from .keys import BestPlays, BestPlaysKey, Name, tag_of, tag_of_list, tag_of_name
from .redis_cache import SharedCache
from .resource import Freshness, Memory, Resource, ResourceSpec
from .tags import Generations, Invalidations

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# Nothing is believed for longer without being read as a whole.
WHOLE_S = 24 * 3600.0
# How far osu!track's clock and ours may be apart.
CLOCKS_DIFFER_S = 300.0


class Tracker:
    """Everything a resolver can ask for. Resources are peeked at, or loaded; see `Resource`."""

    def __init__(
        self,
        client: Client,
        cache: Cache,
        settings: Settings,
        *,
        redis_link: RedisLink | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`redis_link` is what is shared with other processes; without it, nothing."""
        redis_link = redis_link or RedisLink(None)
        self._client = client
        self._clock = clock
        self._stale_s = settings.stale_s
        self.cache = cache
        longest_s = max(
            settings.history_fresh_s, settings.hiscores_fresh_s, settings.peak_fresh_s, settings.best_plays_fresh_s
        )
        self.generations = Generations(longest_s + settings.stale_s, clock=clock)
        self._invalidations = Invalidations(self.generations, redis_link)
        self.second = SharedCache(redis_link, load_s=settings.connect_timeout_s + settings.read_timeout_s)
        shared_state = Memory(cache, self.generations, self.second, settings.operation_timeout_s, clock)
        spec = self._spec
        fresh_s = settings.hiscores_fresh_s
        self.history = Resource(
            spec("history", settings.history_fresh_s, tag_of, codec.HISTORY), self._history, shared_state
        )
        # Having nothing, osu!track would update the player: asked only for somebody who waits for it.
        self.hiscores = Resource(
            spec("hiscores", fresh_s, tag_of, codec.HISCORES)._replace(refreshable=bool),
            self._hiscores,
            shared_state,
            self._nothing_recorded,
        )
        self.hiscores_by_name = Resource(
            spec("hiscores-by-name", fresh_s, tag_of_name, codec.OPTIONAL_HISCORES)._replace(refreshable=bool),
            self._hiscores_by_name,
            shared_state,
        )
        self.peak = Resource(spec("peak", settings.peak_fresh_s, tag_of, codec.PEAK), self._peak, shared_state)
        self.best_plays = Resource(
            spec("best-plays", settings.best_plays_fresh_s, tag_of_list, codec.BEST_PLAYS),
            self._best_plays,
            shared_state,
        )
        self.resources: tuple[Resource[Any, Any], ...] = (
            self.history,
            self.hiscores,
            self.hiscores_by_name,
            self.peak,
            self.best_plays,
        )

    def _spec(self, name: str, fresh_s: float, tag: Callable[[K], str], codec: Codec[V]) -> ResourceSpec[K, V]:
        return ResourceSpec(name, Freshness(fresh_s, self._stale_s), tag, codec)

    async def close(self) -> None:
        """End what is under way."""
        for resource in self.resources:
            await resource.close()

    def username(self, user_id: int) -> str | None:
        """The name that the player's last update told, if it is still remembered."""
        entry = self.cache.peek(("username", user_id))
        return str(entry.value) if entry else None

    async def updated(self, user_mode: UserMode, username: str | None) -> None:
        """Nothing known of the player in this mode counts any more, whether by ID or by a name that we know of."""
        names = filter(None, {username, self.username(user_mode.user_id)})
        if username:
            self.cache.put(("username", user_mode.user_id), Entry(username, self._clock()))
        tags = (tag_of_name(Name(name, user_mode.mode)) for name in names)
        await self._invalidations.invalidate(tag_of(user_mode), *tags)

    async def _history(self, user_mode: UserMode, entry: Entry[History] | None, deadline: Deadline) -> Entry[History]:
        if entry and entry.value.seam and self._clock() - entry.value.whole_at < WHOLE_S:
            tail = await self._client.history(user_mode, deadline, since=entry.value.seam)
            spliced = entry.value.spliced(tail.value, abridged=_abridged(tail))
            if spliced:
                # A bad row near the end is met again by every refresh: it is one, not many.
                return Entry(spliced, 0.0, dropped=max(entry.dropped, tail.dropped))
        whole = await self._client.history(user_mode, deadline)
        return Entry(History(user_mode, whole.value, self._clock(), _abridged(whole)), 0.0, dropped=whole.dropped)

    async def _hiscores(
        self, user_mode: UserMode, entry: Entry[Rows[Hiscore]] | None, deadline: Deadline
    ) -> Entry[Rows[Hiscore]]:
        return _merged(entry, await self._client.hiscores(user_mode, deadline, etag=_etag(entry)))

    async def _nothing_recorded(self, user_mode: UserMode, entry: Entry[Rows[Hiscore]]) -> float | None:
        """Until when osu!track has recorded no hiscores since these were read; None if the history can't tell.

        An update that records hiscores leaves a snapshot, or moves the newest one (UPSTREAM A5). To look for it costs
        less than `/hiscores`, which counts as an update, and is mostly done anyway.
        """
        known, before = self.history.entry(user_mode), entry.read_at - CLOCKS_DIFFER_S
        # Rows only ever get newer: what this one can't tell, the next can't either.
        if known is None or not _ends(known, before) or self._clock() - entry.read_at >= WHOLE_S:
            return None
        try:
            history = await self.history.current(user_mode)
        except (UpstreamInvalid, UpstreamRejected):
            # osu!track is well, if not as we know it: hiscores need not grow old for that.
            return None
        return history.fetched_at if _ends(history, before) else None

    async def _hiscores_by_name(
        self, name: Name, entry: Entry[Rows[Hiscore] | None] | None, deadline: Deadline
    ) -> Entry[Rows[Hiscore] | None]:
        etag = _etag(entry)
        return _merged(entry, await self._client.hiscores_by_name(name.username, name.mode, deadline, etag=etag))

    async def _peak(self, user_mode: UserMode, entry: Entry[Peak] | None, deadline: Deadline) -> Entry[Peak]:
        return _merged(entry, await self._client.peak(user_mode, deadline, etag=_etag(entry)))

    async def _best_plays(
        self, key: BestPlaysKey, entry: Entry[BestPlays] | None, deadline: Deadline
    ) -> Entry[BestPlays]:
        mode, since, until, limit = key
        etag = _etag(entry)
        fetched = await self._client.best_plays(mode, deadline, since=since, until=until, limit=limit, etag=etag)
        if fetched is None:
            return _merged(entry, None)
        best_plays = BestPlays(fetched.value, complete=fetched.received < limit)
        return Entry(best_plays, 0.0, etag=fetched.etag, dropped=fetched.dropped)


def _abridged(fetched: Fetched[Rows[Snapshot]]) -> bool:
    """Whether osu!track sent more rows than could be kept."""
    return fetched.received > len(fetched.value)


def _ends(history: Entry[History], before: float) -> bool:
    """Whether its newest snapshot is known to be older than that; of who is unranked osu!track makes none."""
    latest = history.value.latest
    # A row that can't be read may be the newest.
    if latest is None or latest.global_rank is None or history.dropped:
        return False
    return datetime.fromisoformat(latest.at).timestamp() < before


def _etag(entry: Entry[V] | None) -> str | None:
    return entry.etag if entry else None


def _merged(entry: Entry[V] | None, fetched: Fetched[V] | None) -> Entry[V]:
    """The new entry: from the response, or with the old entry's value if that is still current (None)."""
    if fetched is not None:
        return Entry(fetched.value, 0.0, etag=fetched.etag, dropped=fetched.dropped)
    if entry is None:
        raise UpstreamInvalid("osu!track says that nothing has changed, but was not asked that.")
    return Entry(entry.value, 0.0, etag=entry.etag, dropped=entry.dropped)
