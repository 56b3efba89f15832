"""osu!track's data as the gateway caches it: five resources, and the requests that load and refresh each."""

import time
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from gateway.deadline import Deadline
from gateway.osutrack.client import Client
from gateway.osutrack.decode import Fetched
from gateway.records import Hiscores, Mode, UserMode
from gateway.settings import Settings
from gateway.shared.redis_link import RedisLink

from . import value_codecs
from .background_loads import BackgroundLoads
from .cache import Cache
from .codec import Codec
from .cooldown_file import cooldown_file
from .cooldowns import Cooldowns
from .fetches import Fetches
from .hiscore_confirmation import HiscoreConfirmation
from .hiscore_requests import HiscoreRequests
from .keys import Name, Username, tag_of, tag_of_list, tag_of_name
from .loader import Confirm, Fetch
from .names import Names, NamesService
from .redis_cache import SharedCache
from .resource import Resource
from .resource_cache import Freshness, ResourceCache, ResourceSpec
from .tags import Generations, Invalidations
from .unsettled_updates import UnsettledUpdates
from .update_registry import Subject, UpdateRegistry

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Tracker:
    """The cached resources of osu!track, and the invalidation of a player's data."""

    def __init__(
        self,
        client: Client,
        cache: Cache,
        settings: Settings,
        *,
        redis_link: RedisLink | None = None,
        names_service: NamesService | None = None,
        on_invalidate: Callable[[Iterable[str]], None] | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without `redis_link` nothing is shared with other processes; without `names_service` no name is looked up.

        `on_invalidate` is called with the tags that this process invalidates.
        """
        self._redis_link = redis_link or RedisLink(None)
        self._client, self._settings = client, settings
        self._clock, self._monotonic = clock, monotonic
        self.cache = cache
        self.shared_cache = self._create_shared_cache()
        self.generations = Generations(_lifetime_s(settings), clock=clock, monotonic=monotonic)
        self.names = self._create_names(names_service)
        self._invalidations = Invalidations(self.generations, self._redis_link, on_invalidate=on_invalidate)
        self.registry = self._create_registry()
        self.cooldowns = Cooldowns(self.registry)
        self.names.on_pair(self._merge)
        self.unsettled = UnsettledUpdates(self._redis_link, monotonic=monotonic)
        self._create_resources()

    async def invalidate(self, user_mode: UserMode, username: str | None = None) -> None:
        """Invalidate the player's data in this mode, by ID and by known names. A given username becomes known."""
        names = filter(None, {username, await self.names.usernames.known(user_mode.user_id)})
        tags = {tag_of_name(Name(Username(name), user_mode.mode)) for name in names}
        await self._invalidations.invalidate(tag_of(user_mode), *tags)
        if username:
            await self.learn(user_mode.user_id, username)

    async def learn(self, user_id: int, username: str) -> None:
        """Store the player's name, as an update has returned it."""
        await self.names.learn(user_id, username)

    async def settle(self, user_mode: UserMode) -> None:
        """Invalidate the player's data after an update that has probably been made, and may still be in progress."""
        self.unsettled.add(user_mode)
        await self.invalidate(user_mode)

    async def close(self) -> None:
        """Cancel all loads and lookups."""
        await self.names.close()
        await self.history_loads.close()
        await self._hiscore_requests.close()
        for resource in self.resources:
            await resource.close()

    async def _invalidate(self, *tags: str) -> None:
        await self._invalidations.invalidate(*tags)

    def _create_shared_cache(self) -> SharedCache:
        load_s = self._settings.connect_timeout_s + self._settings.read_timeout_s
        return SharedCache(self._redis_link, load_s=load_s, clock=self._clock, monotonic=self._monotonic)

    def _create_names(self, service: NamesService | None) -> Names:
        return Names(
            service,
            redis_link=self._redis_link,
            generations=self.generations,
            invalidate=self._invalidate,
            timeout_s=self._settings.operation_timeout_s,
            monotonic=self._monotonic,
        )

    def _create_registry(self) -> UpdateRegistry:
        settings = self._settings
        return UpdateRegistry(
            self._redis_link,
            cooldown_s=settings.update_cooldown_s,
            timeout_s=settings.operation_timeout_s + settings.update_timeout_s,
            saved=cooldown_file(settings, clock=self._clock),
            monotonic=self._monotonic,
        )

    def _create_hiscore_requests(self) -> HiscoreRequests:
        return HiscoreRequests(
            self._client,
            self.registry,
            histories=self.history,
            user_id=self._user_id,
            by_id=self._cached_hiscores,
            invalidate=self.invalidate,
            settle=self.settle,
            store=self._store,
            timeout_s=self._settings.operation_timeout_s,
            clock=self._clock,
            monotonic=self._monotonic,
        )

    def _create_resources(self) -> None:
        spec, settings = self._spec, self._settings
        fetches = Fetches(self._client, fresh_s=self.unsettled.fresh_s, monotonic=self._monotonic)
        history = spec("history", settings.history_fresh_s, tag_of, value_codecs.HISTORY)
        self.history = self._resource(history, fetches.history)
        self.history_loads = BackgroundLoads(self.history, monotonic=self._monotonic)
        self._hiscore_requests = requests = self._create_hiscore_requests()
        confirmation = HiscoreConfirmation(self.history, clock=self._clock, monotonic=self._monotonic)
        # Empty lists are not refreshed in the background: osu!track would update the player. See docs/osutrack.md,
        # "Reads that update".
        hiscores = spec("hiscores", settings.hiscores_fresh_s, tag_of, value_codecs.HISCORES, refreshable=bool)
        self.hiscores = self._resource(hiscores, requests.fetch, confirmation.validated_at)
        by_name = spec(
            "hiscores-by-name", settings.hiscores_fresh_s, tag_of_name, value_codecs.OPTIONAL_HISCORES, refreshable=bool
        )
        self.hiscores_by_name = self._resource(by_name, requests.fetch_by_name)
        self.peak = self._resource(spec("peak", settings.peak_fresh_s, tag_of, value_codecs.PEAK), fetches.peak)
        best_plays = spec("best-plays", settings.best_plays_fresh_s, tag_of_list, value_codecs.BEST_PLAYS)
        self.best_plays = self._resource(best_plays, fetches.best_plays)
        self.resources: tuple[Resource[Any, Any], ...] = (
            self.history,
            self.hiscores,
            self.hiscores_by_name,
            self.peak,
            self.best_plays,
        )

    def _spec(
        self,
        name: str,
        fresh_s: float,
        tag: Callable[[K], str],
        codec: Codec[V],
        *,
        refreshable: Callable[[V], bool] = lambda _: True,
    ) -> ResourceSpec[K, V]:
        freshness = Freshness(fresh_s, self._settings.revalidate_s, self._settings.stale_s)
        return ResourceSpec(name, freshness, tag, codec, refreshable)

    def _resource(
        self, spec: ResourceSpec[K, V], fetch: Fetch[K, V], confirm: Confirm[K, V] | None = None
    ) -> Resource[K, V]:
        cache = ResourceCache(spec, self.cache, self.shared_cache, self.generations, monotonic=self._monotonic)
        return Resource(cache, fetch, timeout_s=self._settings.operation_timeout_s, confirm=confirm)

    async def _user_id(self, name: Name) -> int | None:
        return await self.names.user_ids.known(name.username)

    async def _merge(self, username: Username, user_id: int) -> None:
        await self.registry.merge(Name(username, Mode.OSU), user_id)

    async def _cached_hiscores(self, user_mode: UserMode, deadline: Deadline) -> Fetched[Hiscores]:
        result = await self.hiscores.read(user_mode, deadline)
        entry = self.hiscores.entry(user_mode)
        validated_at = entry.validated_at if entry else None
        return Fetched(result.value, result.dropped, sent=result.loaded, validated_at=validated_at)

    async def _store(self, subject: Subject, fetched: Fetched[Any]) -> None:
        """Store hiscores that were received after the last invalidation, even if nobody waits for them."""
        if isinstance(subject, UserMode):
            await self.hiscores.store(subject, fetched)
        else:
            await self.hiscores_by_name.store(subject, fetched)


def _lifetime_s(settings: Settings) -> float:
    """The longest time for which a value can be served."""
    fresh_s = settings.history_fresh_s, settings.hiscores_fresh_s, settings.peak_fresh_s, settings.best_plays_fresh_s
    return max(fresh_s) + settings.revalidate_s + settings.stale_s
