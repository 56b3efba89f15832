"""osu!track as the gateway remembers it: five resources, and how each is read with as little traffic as can be."""

import time
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeVar

from gateway.errors import UpstreamInvalid
from gateway.osutrack.client import Client, Reply
from gateway.osutrack.patience import Patience
from gateway.records import BestPlay, Mode, Peak, Play, Player, Rows
from gateway.settings import Settings

from .cache import Cache, Held
from .generations import Generations
from .history import History
from .resource import Kind, Lifetime, Memory, Resource

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

WHOLE_HISTORY_S = 24 * 3600.0
TIERS = (100, 1000, 10_000)


class Name(NamedTuple):
    """A player known by name only."""

    username: str
    mode: Mode


class BestPlaysKey(NamedTuple):
    """A list of best plays as osu!track is asked for it; `until` is inclusive."""

    mode: Mode
    since: str | None
    until: str | None
    limit: int


class BestPlays(NamedTuple):
    """The top of the list; `complete` when there is no more to it."""

    rows: Rows[BestPlay]
    complete: bool


def tag_of(player: Player) -> str:
    """What an update of this player invalidates."""
    return f"user:{player.user_id}:{player.mode.name}"


def tag_of_name(name: Name) -> str:
    """The same for a player known by name; osu!track does not tell upper from lower case."""
    return f"name:{name.username.lower()}:{name.mode.name}"


def tag_of_list(key: BestPlaysKey) -> str:
    """Nothing that clients do makes a list of best plays old before its time."""
    return f"best:{key.mode.name}"


class Tracker:
    """Everything a resolver can ask for. Resources are peeked at, or loaded; see `Resource`."""

    def __init__(
        self, client: Client, cache: Cache, settings: Settings, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._clock = clock
        self._stale_s = settings.stale_s
        self.cache = cache
        longest_s = max(
            settings.history_fresh_s, settings.hiscores_fresh_s, settings.peak_fresh_s, settings.best_plays_fresh_s
        )
        self.generations = Generations(longest_s + settings.stale_s, clock=clock)
        memory = Memory(cache, self.generations, settings.operation_timeout_s, clock)
        self.history = Resource(self._kind("history", settings.history_fresh_s, tag_of), self._history, memory)
        # Having nothing, osu!track would update the player: asked only for somebody who waits for it.
        self.hiscores = Resource(
            self._kind("hiscores", settings.hiscores_fresh_s, tag_of)._replace(refreshable=bool), self._hiscores, memory
        )
        self.hiscores_by_name = Resource(
            self._kind("hiscores-by-name", settings.hiscores_fresh_s, tag_of_name)._replace(refreshable=bool),
            self._hiscores_by_name,
            memory,
        )
        self.peak = Resource(self._kind("peak", settings.peak_fresh_s, tag_of), self._peak, memory)
        self.best_plays = Resource(
            self._kind("best-plays", settings.best_plays_fresh_s, tag_of_list), self._best_plays, memory
        )

        self.resources: tuple[Resource[Any, Any], ...] = (
            self.history,
            self.hiscores,
            self.hiscores_by_name,
            self.peak,
            self.best_plays,
        )

    def _kind(self, name: str, fresh_s: float, tag: Callable[[K], str]) -> Kind[K, Any]:
        return Kind(name, Lifetime(fresh_s, self._stale_s), tag)

    async def close(self) -> None:
        """End what is under way."""
        for resource in self.resources:
            await resource.close()

    def username(self, user_id: int) -> str | None:
        """The name that the player's last update told, if it is still remembered."""
        held = self.cache.peek(("username", user_id))
        return str(held.value) if held else None

    def updated(self, player: Player, username: str | None) -> None:
        """Nothing known of the player in this mode counts any more, whether by ID or by a name that we know of."""
        self.generations.raise_(tag_of(player))
        for name in filter(None, {username, self.username(player.user_id)}):
            self.generations.raise_(tag_of_name(Name(name, player.mode)))
        if username:
            self.cache.keep(("username", player.user_id), Held(username, self._clock()))

    async def _history(self, player: Player, held: Held[History] | None, patience: Patience) -> Held[History]:
        if held and held.value.seam and self._clock() - held.value.whole_at < WHOLE_HISTORY_S:
            reply = await self._client.history(player, patience, since=held.value.seam)
            spliced = reply.decoded and held.value.spliced(reply.decoded.value)
            if spliced and reply.decoded:
                # A bad row near the end is met again by every refresh: it is one, not many.
                return Held(spliced, 0.0, dropped=max(held.dropped, reply.decoded.dropped))
        reply = await self._client.history(player, patience)
        whole = _merged(None, reply)
        abridged = reply.decoded is not None and reply.decoded.sent > len(whole.value)
        return Held(History(player, whole.value, self._clock(), abridged), 0.0, dropped=whole.dropped)

    async def _hiscores(self, player: Player, held: Held[Rows[Play]] | None, patience: Patience) -> Held[Rows[Play]]:
        return _merged(held, await self._client.hiscores(player, patience, etag=_etag(held)))

    async def _hiscores_by_name(
        self, name: Name, held: Held[Rows[Play] | None] | None, patience: Patience
    ) -> Held[Rows[Play] | None]:
        etag = _etag(held)
        return _merged(held, await self._client.hiscores_by_name(name.username, name.mode, patience, etag=etag))

    async def _peak(self, player: Player, held: Held[Peak] | None, patience: Patience) -> Held[Peak]:
        return _merged(held, await self._client.peak(player, patience, etag=_etag(held)))

    async def _best_plays(self, key: BestPlaysKey, held: Held[BestPlays] | None, patience: Patience) -> Held[BestPlays]:
        mode, since, until, limit = key
        etag = _etag(held)
        reply = await self._client.best_plays(mode, patience, since=since, until=until, limit=limit, etag=etag)
        if reply.decoded is None:
            return _merged(held, Reply(None, reply.etag))
        rows, dropped, sent = reply.decoded
        return Held(BestPlays(rows, complete=sent < limit), 0.0, etag=reply.etag, dropped=dropped)


def _etag(held: Held[V] | None) -> str | None:
    return held.etag if held else None


def _merged(held: Held[V] | None, reply: Reply[V]) -> Held[V]:
    """What was held, if osu!track says that it still holds; what it answered, if not."""
    if reply.decoded is not None:
        return Held(reply.decoded.value, 0.0, etag=reply.etag, dropped=reply.decoded.dropped)
    if held is None:
        raise UpstreamInvalid("osu!track says that nothing has changed, but was not asked that.")
    return Held(held.value, 0.0, etag=held.etag, dropped=held.dropped)
