"""osu!track as the gateway remembers it: five resources, and how each is read with as little traffic as can be."""

import time
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar

from gateway.deadline import Deadline
from gateway.errors import UpstreamInvalid, UpstreamRejected
from gateway.osutrack.client import Client, Reply
from gateway.records import Hiscore, Peak, Rows, Snapshot, UserMode
from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink

from . import codec
from .cache import Cache, Held
from .codec import Packing
from .history import History
from .keys import BestPlays, BestPlaysKey, Name, tag_of, tag_of_list, tag_of_name
from .redis_cache import SecondLevel
from .resource import Kind, Lifetime, Memory, Resource
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
        self.second = SecondLevel(redis_link, load_s=settings.connect_timeout_s + settings.read_timeout_s)
        memory = Memory(cache, self.generations, self.second, settings.operation_timeout_s, clock)
        kind = self._kind
        fresh_s = settings.hiscores_fresh_s
        self.history = Resource(kind("history", settings.history_fresh_s, tag_of, codec.HISTORY), self._history, memory)
        # Having nothing, osu!track would update the player: asked only for somebody who waits for it.
        self.hiscores = Resource(
            kind("hiscores", fresh_s, tag_of, codec.HISCORES)._replace(refreshable=bool),
            self._hiscores,
            memory,
            self._nothing_recorded,
        )
        self.hiscores_by_name = Resource(
            kind("hiscores-by-name", fresh_s, tag_of_name, codec.OPTIONAL_HISCORES)._replace(refreshable=bool),
            self._hiscores_by_name,
            memory,
        )
        self.peak = Resource(kind("peak", settings.peak_fresh_s, tag_of, codec.PEAK), self._peak, memory)
        self.best_plays = Resource(
            kind("best-plays", settings.best_plays_fresh_s, tag_of_list, codec.BEST_PLAYS), self._best_plays, memory
        )
        self.resources: tuple[Resource[Any, Any], ...] = (
            self.history,
            self.hiscores,
            self.hiscores_by_name,
            self.peak,
            self.best_plays,
        )

    def _kind(self, name: str, fresh_s: float, tag: Callable[[K], str], packing: Packing[V]) -> Kind[K, V]:
        return Kind(name, Lifetime(fresh_s, self._stale_s), tag, packing)

    async def close(self) -> None:
        """End what is under way."""
        for resource in self.resources:
            await resource.close()

    def username(self, user_id: int) -> str | None:
        """The name that the player's last update told, if it is still remembered."""
        held = self.cache.peek(("username", user_id))
        return str(held.value) if held else None

    async def updated(self, user_mode: UserMode, username: str | None) -> None:
        """Nothing known of the player in this mode counts any more, whether by ID or by a name that we know of."""
        names = filter(None, {username, self.username(user_mode.user_id)})
        if username:
            self.cache.keep(("username", user_mode.user_id), Held(username, self._clock()))
        tags = (tag_of_name(Name(name, user_mode.mode)) for name in names)
        await self._invalidations.spread(tag_of(user_mode), *tags)

    async def _history(self, user_mode: UserMode, held: Held[History] | None, deadline: Deadline) -> Held[History]:
        if held and held.value.seam and self._clock() - held.value.whole_at < WHOLE_S:
            reply = await self._client.history(user_mode, deadline, since=held.value.seam)
            spliced = reply.decoded and held.value.spliced(reply.decoded.value, abridged=_abridged(reply))
            if spliced and reply.decoded:
                # A bad row near the end is met again by every refresh: it is one, not many.
                return Held(spliced, 0.0, dropped=max(held.dropped, reply.decoded.dropped))
        reply = await self._client.history(user_mode, deadline)
        whole = _merged(None, reply)
        return Held(History(user_mode, whole.value, self._clock(), _abridged(reply)), 0.0, dropped=whole.dropped)

    async def _hiscores(
        self, user_mode: UserMode, held: Held[Rows[Hiscore]] | None, deadline: Deadline
    ) -> Held[Rows[Hiscore]]:
        return _merged(held, await self._client.hiscores(user_mode, deadline, etag=_etag(held)))

    async def _nothing_recorded(self, user_mode: UserMode, held: Held[Rows[Hiscore]]) -> float | None:
        """Until when osu!track has recorded no hiscores since these were read; None if the history can't tell.

        An update that records hiscores leaves a snapshot, or moves the newest one (UPSTREAM A5). To look for it costs
        less than `/hiscores`, which counts as an update, and is mostly done anyway.
        """
        known, before = self.history.held(user_mode), held.read_at - CLOCKS_DIFFER_S
        # Rows only ever get newer: what this one can't tell, the next can't either.
        if known is None or not _ends(known, before) or self._clock() - held.read_at >= WHOLE_S:
            return None
        try:
            history = await self.history.current(user_mode)
        except (UpstreamInvalid, UpstreamRejected):
            # osu!track is well, if not as we know it: hiscores need not grow old for that.
            return None
        return history.fetched_at if _ends(history, before) else None

    async def _hiscores_by_name(
        self, name: Name, held: Held[Rows[Hiscore] | None] | None, deadline: Deadline
    ) -> Held[Rows[Hiscore] | None]:
        etag = _etag(held)
        return _merged(held, await self._client.hiscores_by_name(name.username, name.mode, deadline, etag=etag))

    async def _peak(self, user_mode: UserMode, held: Held[Peak] | None, deadline: Deadline) -> Held[Peak]:
        return _merged(held, await self._client.peak(user_mode, deadline, etag=_etag(held)))

    async def _best_plays(self, key: BestPlaysKey, held: Held[BestPlays] | None, deadline: Deadline) -> Held[BestPlays]:
        mode, since, until, limit = key
        etag = _etag(held)
        reply = await self._client.best_plays(mode, deadline, since=since, until=until, limit=limit, etag=etag)
        if reply.decoded is None:
            return _merged(held, Reply(None, reply.etag))
        rows, dropped, sent = reply.decoded
        return Held(BestPlays(rows, complete=sent < limit), 0.0, etag=reply.etag, dropped=dropped)


def _abridged(reply: Reply[Rows[Snapshot]]) -> bool:
    """Whether osu!track sent more rows than could be kept."""
    return reply.decoded is not None and reply.decoded.sent > len(reply.decoded.value)


def _ends(history: Held[History], before: float) -> bool:
    """Whether its newest snapshot is known to be older than that; of who is unranked osu!track makes none."""
    latest = history.value.latest
    # A row that can't be read may be the newest.
    if latest is None or latest.global_rank is None or history.dropped:
        return False
    return datetime.fromisoformat(latest.at).timestamp() < before


def _etag(held: Held[V] | None) -> str | None:
    return held.etag if held else None


def _merged(held: Held[V] | None, reply: Reply[V]) -> Held[V]:
    """What was held, if osu!track says that it still holds; what it answered, if not."""
    if reply.decoded is not None:
        return Held(reply.decoded.value, 0.0, etag=reply.etag, dropped=reply.decoded.dropped)
    if held is None:
        raise UpstreamInvalid("osu!track says that nothing has changed, but was not asked that.")
    return Held(held.value, 0.0, etag=held.etag, dropped=held.dropped)
