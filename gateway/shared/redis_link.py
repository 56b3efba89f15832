"""The connection to Redis: commands while it answers, messages between processes, and a watch for its return."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from secrets import token_hex
from typing import Any, TypeAlias, TypeVar

import msgspec
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError, ResponseError

from gateway.settings import BadSettings

T = TypeVar("T")
Command: TypeAlias = Callable[["Redis"], Awaitable[T]]

PREFIX = "osutrack-gateway"
CHANNEL = f"{PREFIX}:messages"
# Written to see whether it can be.
WRITE_PROBE = f"{PREFIX}:write-probe"
# Redis answers in less than a millisecond: who waits longer is better off alone.
COMMAND_S = 1.0
# Commands under way, and so connections, of one process.
MAX_CONNECTIONS = 32
# How often it is asked whether it is there, and how long it is left alone when it is not.
POLL_S = 1.0
START_S = 2.0
FAILURES = (RedisError, OSError, TimeoutError)

log = logging.getLogger(__name__)

_messages: msgspec.msgpack.Decoder[tuple[str, str, msgspec.Raw]] = msgspec.msgpack.Decoder(tuple[str, str, msgspec.Raw])


class RedisUnavailable(Exception):
    """Redis does not answer, or there is none: work alone."""


class RedisLink:
    """One process' share in what all have in common; `url=None` is a process of its own.

    Only the watch notices that Redis is back. Until then nobody asks it, so that its absence costs nothing.
    """

    def __init__(self, url: str | None) -> None:
        self.configured = url is not None
        self.connected = False
        # How often it was lost.
        self.disconnects = 0
        self.pool = connection_pool(url)
        self._redis = Redis(connection_pool=self.pool)
        self._command_slots = asyncio.Semaphore(MAX_CONNECTIONS)
        self._name = token_hex(8)
        self._receivers: dict[str, tuple[msgspec.msgpack.Decoder[Any], Callable[[Any], None]]] = {}
        self._on_reconnect: list[Command[None]] = []
        self._watcher: asyncio.Task[None] | None = None
        self._background_tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    async def start(self) -> None:
        """Begin to watch; returns when Redis is there, or after a while if it is not."""
        if not self.configured:
            return
        self._watcher = asyncio.create_task(self._watch())
        with suppress(TimeoutError):
            async with asyncio.timeout(START_S):
                await self._changed.wait()

    async def close(self) -> None:
        """End what is done behind, stop watching, and close the connections."""
        await asyncio.gather(*self._background_tasks, return_exceptions=True)
        self.connected = False
        if self._watcher:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
        await self._redis.aclose()
        await self.pool.aclose()

    async def run(self, command: Command[T]) -> T:
        """What Redis answers; raises `RedisUnavailable`."""
        if not self.connected:
            raise RedisUnavailable
        try:
            async with self._command_slots, asyncio.timeout(COMMAND_S):
                if not self.connected:  # lost by those whose turn it was
                    raise RedisUnavailable
                return await command(self._redis)
        except FAILURES as exc:
            # A key that is not ours says nothing of Redis.
            if not (isinstance(exc, ResponseError) and str(exc).startswith("WRONGTYPE")):
                self._disconnected(exc)
            raise RedisUnavailable from exc

    def publish(self, subject: str, content: object) -> None:
        """Send the others a message, some time soon; lost if Redis is away."""
        if self.connected:
            _ = self.spawn(self.run(lambda redis: redis.publish(*self.message(subject, content))))

    def spawn(self, asking: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
        """Ask without waiting for it, whatever becomes of who asks; `close` waits."""
        task = asyncio.ensure_future(_ignoring_outages(asking))
        self._background_tasks.add(task)
        task.add_done_callback(self._background_tasks.discard)
        return task

    def message(self, subject: str, content: object) -> tuple[str, bytes]:
        """The channel and the payload of a message, for a command that sends it among other things."""
        return CHANNEL, msgspec.msgpack.encode((self._name, subject, content))

    def subscribe(self, subject: str, content: type[T], receiver: Callable[[T], None]) -> None:
        """Call `receiver` with the content, of that type, of every message about this from another process."""
        self._receivers[subject] = msgspec.msgpack.Decoder(content), receiver

    def on_reconnect(self, command: Command[None]) -> None:
        """Do this whenever Redis is there (again), before anything else is asked of it.

        It must not wait between its last look at what is known here and its end: else there may be more.
        """
        self._on_reconnect.append(command)

    async def _watch(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    await self._listen(channel)
            except FAILURES as exc:
                self._disconnected(exc)
            await asyncio.sleep(POLL_S)

    async def _listen(self, channel: PubSub) -> None:
        # The answer to what was sent: a connection may fall silent and look well.
        expected = True
        while expected or self.connected:
            message = await channel.get_message(timeout=POLL_S)
            if message is None and expected:
                raise TimeoutError
            if message is None:
                await channel.ping()
            elif message["type"] == "subscribe":
                await self._reconnected()
            elif message["type"] == "message":
                self._dispatch(message["data"])
            expected = message is None

    def _dispatch(self, payload: bytes) -> None:
        try:
            sender, subject, content = _messages.decode(payload)
            # A newer release may speak of what we have not heard of.
            if sender != self._name and subject in self._receivers:
                contents, receiver = self._receivers[subject]
                receiver(contents.decode(content))
        except msgspec.DecodeError as exc:
            log.warning("what another process has said can't be understood (%s)", exc)

    async def _reconnected(self) -> None:
        # One that can only be read, or is full, would be lost again at once.
        await self._redis.set(WRITE_PROBE, self._name, px=1)
        for command in self._on_reconnect:
            await command(self._redis)
        self.connected = True
        self._changed.set()
        log.info("Redis is there: cache, budgets, cooldowns and updates are shared")

    def _disconnected(self, exc: BaseException) -> None:
        if self.connected or not self._changed.is_set():
            self.disconnects += 1
            log.warning("Redis can't be reached (%s): working alone until it can", str(exc) or type(exc).__name__)
        self.connected = False
        self._changed.set()


def connection_pool(url: str | None) -> ConnectionPool:
    """Those that there may be; raises `BadSettings` for a URL, or options in it, that make no sense."""
    try:
        # Nothing is sent twice: a lock, say, would be found taken by who has taken it.
        pool: ConnectionPool = ConnectionPool.from_url(
            url or "redis://", socket_timeout=COMMAND_S, socket_connect_timeout=COMMAND_S
        )
        # Which does not connect, but looks at the options.
        pool.make_connection()  # type: ignore[no-untyped-call]  # redis-py's types leave it out
    except (RedisError, TypeError, ValueError):
        # What is wrong is not quoted, as it may be a part of the password.
        raise BadSettings(
            "GATEWAY_REDIS_URL: expected `redis://user:password@host:port/number`, perhaps with options that"
            " redis-py knows; in a password, write `/`, `#`, `?` and `@` as %2F, %23, %3F and %40"
        ) from None
    return pool


async def _ignoring_outages(asking: Coroutine[Any, Any, object]) -> None:
    with suppress(RedisUnavailable):
        await asking
