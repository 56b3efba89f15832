"""The connection to Redis: commands while it answers, messages between processes, and a watch for its return."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from secrets import token_hex
from typing import Any, TypeAlias, TypeVar

import msgspec
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.lock import Lock
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

T = TypeVar("T")
Command: TypeAlias = Callable[["Redis"], Awaitable[T]]

PREFIX = "osutrack-gateway"
CHANNEL = f"{PREFIX}:messages"
# Redis answers in less than a millisecond: who waits longer is better off alone.
COMMAND_S = 1.0
# Commands under way, and so connections, of one process.
AT_ONCE = 32
# How often it is asked whether it is there, and how long it is left alone when it is not.
WATCH_S = 1.0
START_S = 2.0
FAILURES = (RedisError, OSError, TimeoutError)

log = logging.getLogger(__name__)


class Away(Exception):
    """Redis does not answer, or there is none: work alone."""


class Commons:
    """One process' share in what all have in common; `url=None` is a process of its own.

    Only the watch notices that Redis is back. Until then nobody asks it, so that its absence costs nothing.
    """

    def __init__(self, url: str | None) -> None:
        self.configured = url is not None
        self.up = False
        # How often it was lost.
        self.losses = 0
        self.pool: ConnectionPool = ConnectionPool.from_url(
            url or "redis://", socket_timeout=COMMAND_S, socket_connect_timeout=COMMAND_S, retry=Retry(NoBackoff(), 1)
        )
        self._redis = Redis(connection_pool=self.pool)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._name = token_hex(8)
        self._receivers: dict[str, Callable[[Any], None]] = {}
        self._on_return: list[Command[None]] = []
        self._watching: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    async def start(self) -> None:
        """Begin to watch; returns when Redis is there, or after a while if it is not."""
        if not self.configured:
            return
        self._watching = asyncio.create_task(self._watch())
        with suppress(TimeoutError):
            async with asyncio.timeout(START_S):
                await self._changed.wait()

    async def close(self) -> None:
        """Stop watching, and close the connections."""
        self.up = False
        tasks = [*self._telling, *filter(None, [self._watching])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._redis.aclose()
        await self.pool.aclose()

    async def ask(self, command: Command[T]) -> T:
        """What Redis answers; raises `Away`."""
        if not self.up:
            raise Away
        try:
            async with self._turns, asyncio.timeout(COMMAND_S):
                return await command(self._redis)
        except FAILURES as exc:
            self._lost(exc)
            raise Away from exc

    def lock(self, name: str, for_s: float) -> Lock:
        """A lock for one process at a time, not yet taken; it is let go after `for_s` if its holder does not."""
        return self._redis.lock(f"{PREFIX}:lock:{name}", timeout=for_s)

    def tell(self, subject: str, content: object) -> None:
        """Send the others a message, some time soon; lost if Redis is away."""
        if not self.up:
            return
        task = asyncio.ensure_future(self._tell(subject, content))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def message(self, subject: str, content: object) -> tuple[str, bytes]:
        """The channel and the payload of a message, for a command that sends it among other things."""
        return CHANNEL, msgspec.msgpack.encode((self._name, subject, content))

    def receive(self, subject: str, receiver: Callable[[Any], None]) -> None:
        """Call `receiver` with the content of every message about this from another process."""
        self._receivers[subject] = receiver

    def on_return(self, command: Command[None]) -> None:
        """Do this whenever Redis is there (again), before anything else is asked of it."""
        self._on_return.append(command)

    async def _tell(self, subject: str, content: object) -> None:
        with suppress(Away):
            await self.ask(lambda redis: redis.publish(*self.message(subject, content)))

    async def _watch(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    for command in self._on_return:
                        await command(self._redis)
                    self._found()
                    await self._listen(channel)
            except FAILURES as exc:
                self._lost(exc)
            await asyncio.sleep(WATCH_S)

    async def _listen(self, channel: PubSub) -> None:
        while self.up:
            message = await channel.get_message(ignore_subscribe_messages=True, timeout=WATCH_S)
            if message is None:
                async with asyncio.timeout(COMMAND_S):
                    await self._redis.echo("there?")
            else:
                self._heard(message["data"])

    def _heard(self, payload: bytes) -> None:
        sender, subject, content = msgspec.msgpack.decode(payload)
        # A newer release may speak of what we have not heard of.
        if sender != self._name and subject in self._receivers:
            self._receivers[subject](content)

    def _found(self) -> None:
        self.up = True
        self._changed.set()
        log.info("Redis is there: cache, budgets, cooldowns and updates are shared")

    def _lost(self, exc: BaseException) -> None:
        if self.up or not self._changed.is_set():
            self.losses += 1
            log.warning("Redis can't be reached (%s): working alone until it can", str(exc) or type(exc).__name__)
        self.up = False
        self._changed.set()
