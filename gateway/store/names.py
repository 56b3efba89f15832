"""Names of players in both directions: learned from updates, looked up in the names service, shared through Redis."""

import time
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Any, Protocol, TypeAlias

from msgspec import UNSET
from redis.asyncio import Redis

from gateway.deadline import Deadline
from gateway.records import UserID, UserName
from gateway.shared.redis_link import RedisLink, RedisUnavailable

from .keys import Username, tag_of_user_id, tag_of_username
from .name_table import KnownNames, Lookup, NameTable
from .stored_names import LEARNED_S
from .tags import Generations

# Changes that wait for Redis; the oldest ones are dropped. With the default budgets, a day has about 100,000.
MAX_UNSHARED = 10_000

# A listener that is told that the player with this ID has this name.
Listener: TypeAlias = Callable[[Username, int], Awaitable[None]]


class NamesService(Protocol):
    """The lookups of the names service; None if there is no such player."""

    async def username(self, user_id: int, deadline: Deadline) -> str | None:
        """The name of the player with this ID."""

    async def user_id(self, username: str, deadline: Deadline) -> int | None:
        """The ID of the player with this name."""


class Names:
    """All names, and the pairs of name and ID that updates and lookups tell."""

    def __init__(
        self,
        service: NamesService | None,
        *,
        redis_link: RedisLink,
        generations: Generations,
        invalidate: Callable[..., Awaitable[None]],
        timeout_s: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without a service nothing is looked up. `invalidate` bumps tags in all processes.

        Create it before `Invalidations`: at a reconnection, names have to be in Redis before their tags are published.
        """
        self._redis_link = redis_link
        self._generations = generations
        self._invalidate = invalidate
        self._listeners: list[Listener] = []
        # Changes that Redis has not stored yet.
        self._unshared: dict[tuple[str, Hashable], Change] = {}
        table: Any = partial(
            NameTable,
            redis_link=redis_link,
            generations=generations,
            invalidate=invalidate,
            timeout_s=timeout_s,
            monotonic=monotonic,
        )
        find_name, find_id = (self._find_name(service), self._find_id(service)) if service else (None, None)
        self.usernames: NameTable[int, str] = table("username", UserName, tag_of_username, lookup=find_name)
        self.user_ids: NameTable[Username, int] = table("user-id", UserID, tag_of_user_id, lookup=find_id)
        self.tables: tuple[NameTable[Any, Any], ...] = (self.usernames, self.user_ids)
        self.known_usernames = KnownNames(self.usernames)
        redis_link.on_reconnect(self._share)

    def on_pair(self, listener: Listener) -> None:
        """Call the listener with each name and ID that an update or a lookup tells to belong together."""
        self._listeners.append(listener)

    async def learn(self, user_id: int, name: str) -> None:
        """Store the player's current name, as an update returns it. Names that it disproves become unknown."""
        username = Username(name)
        changes: list[Change] = [(self.usernames, user_id, name), (self.user_ids, username, user_id)]
        former, holder = await self.usernames.known(user_id), await self.user_ids.known(username)
        if former and Username(former) != username and await self.user_ids.known(Username(former)) == user_id:
            changes.append((self.user_ids, Username(former), UNSET))
        if holder not in {None, user_id} and await self._has_name(holder, username):
            changes.append((self.usernames, holder, UNSET))
        tags = [table.tag(key) for table, key, value in changes if await table.known(key) != value]
        await self._store(changes, tags)
        await self._tell(username, user_id)

    async def close(self) -> None:
        """Cancel all lookups."""
        for table in self.tables:
            await table.close()

    async def _has_name(self, user_id: int | None, username: Username) -> bool:
        name = None if user_id is None else await self.usernames.known(user_id)
        return name is not None and Username(name) == username

    async def _store(self, changes: list["Change"], tags: list[str]) -> None:
        """Redis first: a process that sees an invalidation reads the new value there."""
        try:
            await self._redis_link.run(lambda redis: _write_all(redis, changes))
        except RedisUnavailable:
            if self._redis_link.configured:
                self._unshared |= {(table.stored.kind, key): (table, key, value) for table, key, value in changes}
                while len(self._unshared) > MAX_UNSHARED:
                    del self._unshared[next(iter(self._unshared))]
        await self._invalidate(*tags)
        for table, key, value in changes:
            table.put(key, value, LEARNED_S)

    async def _share(self, redis: Redis) -> None:
        while self._unshared:
            name, change = next(iter(self._unshared.items()))
            table, key, value = change
            await table.stored.write(redis, key, value)
            if self._unshared.get(name) is change:
                del self._unshared[name]
                self._generations.bump(table.tag(key))
                table.put(key, value, LEARNED_S)

    async def _tell(self, username: Username, user_id: int) -> None:
        for listener in self._listeners:
            await listener(username, user_id)

    def _find_name(self, service: NamesService) -> Lookup[int, str]:
        async def find(user_id: int, deadline: Deadline) -> str | None:
            tag = self.usernames.tag(user_id)
            generation = self._generations.of(tag)
            name = await service.username(user_id, deadline)
            if name is not None:
                # The service may find an ID by a former name, but no former name by an ID.
                if generation == self._generations.of(tag):
                    await self.user_ids.add_if_unknown(Username(name), user_id)
                await self._tell(Username(name), user_id)
            return name

        return find

    def _find_id(self, service: NamesService) -> Lookup[Username, int]:
        async def find(username: Username, deadline: Deadline) -> int | None:
            user_id = await service.user_id(username.spelling, deadline)
            if user_id is not None:
                await self._tell(username, user_id)
            return user_id

        return find


Change: TypeAlias = tuple[NameTable[Any, Any], Any, Any]


async def _write_all(redis: Redis, changes: list[Change]) -> None:
    for table, key, value in changes:
        await table.stored.write(redis, key, value)
