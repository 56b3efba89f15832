"""The process's Redis connection: commands, messages between processes, and detection of outages."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from math import inf
from secrets import token_hex
from typing import Any, TypeAlias, TypeVar

import msgspec
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from gateway.settings import BadSettings

from .redis_content import PREFIX, Unreadable, decode, delete_wrong_types, is_content_error

T = TypeVar("T")
Command: TypeAlias = Callable[["Redis"], Awaitable[T]]

CHANNEL = f"{PREFIX}:messages"
# The lifetime of the key by which a process detects that Redis has lost its data, or is read-only or full.
PRESENCE_S = 600
# Redis usually responds within a millisecond; beyond this timeout, running standalone is faster.
COMMAND_TIMEOUT_S = 1.0
# Concurrent commands, and so connections, of one process.
MAX_CONNECTIONS = 32
# The interval between two pings, and between two attempts to reconnect.
POLL_S = 1.0
START_TIMEOUT_S = 2.0
FAILURES = (RedisError, OSError, TimeoutError)
# The time between two repairs.
REPAIR_S = 10.0
REPAIR_TIMEOUT_S = 5.0

log = logging.getLogger(__name__)

_message_decoder: msgspec.msgpack.Decoder[tuple[str, str, msgspec.Raw]] = msgspec.msgpack.Decoder(
    tuple[str, str, msgspec.Raw]
)


class RedisUnavailable(Exception):
    """Redis is disconnected or not configured; the caller falls back to standalone operation."""


class RedisLink:
    """The process's Redis connection; `url=None` disables Redis.

    Commands raise `RedisUnavailable` at once while disconnected, so an outage costs no time. A background task detects
    reconnection.
    """

    def __init__(self, url: str | None) -> None:
        self.configured = url is not None
        self.connected = False
        self.disconnects = 0
        self.pool = connection_pool(url)
        self._redis = Redis(connection_pool=self.pool)
        self._command_slots = asyncio.Semaphore(MAX_CONNECTIONS)
        self._process_id = token_hex(8)
        self._presence = f"{PREFIX}:process:{self._process_id}"
        self._receivers: dict[str, tuple[msgspec.msgpack.Decoder[Any], Callable[[Any], None]]] = {}
        self._on_reconnect: list[Command[None]] = []
        self._connection_task: asyncio.Task[None] | None = None
        self._background_tasks: set[asyncio.Task[None]] = set()
        self._first_attempt_done = asyncio.Event()
        self._repaired_at = -inf
        self._closing = False

    async def start(self) -> None:
        """Start the background task; returns after the first connection attempt, or after a timeout."""
        if not self.configured:
            return
        self._connection_task = asyncio.create_task(self._maintain_connection())
        with suppress(TimeoutError):
            async with asyncio.timeout(START_TIMEOUT_S):
                await self._first_attempt_done.wait()

    async def close(self) -> None:
        """Wait for spawned commands, stop the background task and close the connections."""
        await asyncio.gather(*self._background_tasks, return_exceptions=True)
        self.connected, self._closing = False, True
        if self._connection_task:
            self._connection_task.cancel()
            await asyncio.gather(self._connection_task, return_exceptions=True)
        await self._redis.aclose()
        await self.pool.aclose()

    async def run(self, command: Command[T]) -> T:
        """The result of a command; raises `RedisUnavailable`."""
        if not self.connected:
            raise RedisUnavailable
        try:
            async with self._command_slots, asyncio.timeout(COMMAND_TIMEOUT_S):
                if not self.connected:  # lost while this command waited for its slot
                    raise RedisUnavailable
                return await command(self._redis)
        except FAILURES as exc:
            if is_content_error(exc):
                _ = self.spawn(self._repair(exc))
            else:
                self._disconnected(exc)
            raise RedisUnavailable from exc

    def publish(self, subject: str, content: object) -> None:
        """Send a message to the other processes in the background; lost while Redis is unavailable."""
        if self.connected:
            _ = self.spawn(self.run(lambda redis: redis.publish(*self.message(subject, content))))

    def spawn(self, coroutine: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
        """Run a command in the background, independent of its caller's cancellation; `close` waits for it."""
        task = asyncio.ensure_future(_suppress_unavailable(coroutine))
        self._background_tasks.add(task)
        task.add_done_callback(self._background_tasks.discard)
        return task

    def message(self, subject: str, content: object) -> tuple[str, bytes]:
        """The channel and payload of a message, for callers that publish it within a pipeline."""
        return CHANNEL, msgspec.msgpack.encode((self._process_id, subject, content))

    def subscribe(self, subject: str, content_type: type[T], receiver: Callable[[T], None]) -> None:
        """Call `receiver` with the content of each message on the subject from another process."""
        self._receivers[subject] = msgspec.msgpack.Decoder(content_type), receiver

    def on_reconnect(self, command: Command[None]) -> None:
        """Run the command at each connection, reconnection and loss of data, before other commands if possible.

        It must not await anything after it last reads local state: a later change of this state would be lost.
        """
        self._on_reconnect.append(command)

    async def _maintain_connection(self) -> None:
        # A library's timeout that ends at the same time can swallow a cancellation.
        while not self._closing:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    await self._listen(channel)
            except Exception as exc:  # noqa: BLE001 - the subscription must never end
                self._disconnected(exc)
                if is_content_error(exc):
                    await self._repair(exc)
            await asyncio.sleep(POLL_S)

    async def _listen(self, channel: PubSub) -> None:
        # Each ping needs a reply within the poll interval: a silent connection may be dead.
        reply_due = True
        while reply_due or self.connected:
            message = await channel.get_message(timeout=POLL_S)
            if message is None and reply_due:
                raise TimeoutError
            if message is None:
                await channel.ping()
                _ = self.spawn(self._detect_loss())
            elif message["type"] == "subscribe":
                await self._reconnected()
            elif message["type"] == "message":
                self._dispatch(message["data"])
            reply_due = message is None

    def _dispatch(self, payload: bytes) -> None:
        try:
            sender, subject, content = decode(_message_decoder, payload)
            # Another release may send unknown subjects.
            if sender != self._process_id and subject in self._receivers:
                decoder, receiver = self._receivers[subject]
                receiver(decode(decoder, bytes(content)))
        except Unreadable as exc:
            log.warning("Ignored an invalid message from another process (%s)", exc)
        except Exception:
            log.exception("Ignored a message from another process")

    async def _repair(self, cause: BaseException) -> None:
        """Delete keys of another type, which another program must have written. At most once in a while."""
        now = asyncio.get_running_loop().time()
        if now < self._repaired_at + REPAIR_S:
            return
        self._repaired_at = now
        log.warning("Deleting keys of the gateway in Redis that have another type (%s)", cause)
        try:
            async with asyncio.timeout(REPAIR_TIMEOUT_S):
                await delete_wrong_types(self._redis)
        except Exception as exc:  # noqa: BLE001 - as above
            log.warning("Cannot delete them (%s)", str(exc) or type(exc).__name__)

    async def _detect_loss(self) -> None:
        """Share everything again if Redis has lost its data while connected, as after `FLUSHALL`."""
        if not await self.run(lambda redis: redis.set(self._presence, b"", xx=True, ex=PRESENCE_S)):
            log.warning("Redis has lost its data; sharing invalidations and cooldowns again")
            await self.run(self._share)

    async def _share(self, redis: Redis) -> None:
        # A read-only or full Redis would fail the next command.
        await redis.set(self._presence, b"", ex=PRESENCE_S)
        for command in self._on_reconnect:
            await command(redis)

    async def _reconnected(self) -> None:
        await self._share(self._redis)
        self.connected = True
        self._first_attempt_done.set()
        log.info("Connected to Redis; sharing cache, budgets, cooldowns and updates")

    def _disconnected(self, exc: BaseException) -> None:
        if self.connected or not self._first_attempt_done.is_set():
            self.disconnects += 1
            unexpected = None if isinstance(exc, FAILURES) else exc
            log.warning(
                "Redis unavailable (%s); running standalone", str(exc) or type(exc).__name__, exc_info=unexpected
            )
        self.connected = False
        self._first_attempt_done.set()


def connection_pool(url: str | None) -> ConnectionPool:
    """The pool of the process's connections; raises `BadSettings` for an invalid URL or invalid options in it."""
    try:
        # Without redis-py's retries: a repeated `SET NX` would find the lock taken by its own first attempt.
        pool: ConnectionPool = ConnectionPool.from_url(
            url or "redis://", socket_timeout=COMMAND_TIMEOUT_S, socket_connect_timeout=COMMAND_TIMEOUT_S
        )
        # Validates the options; does not connect.
        pool.make_connection()  # type: ignore[no-untyped-call]  # redis-py has no type for it
    except (RedisError, TypeError, ValueError):
        # The invalid part may be the password, so it is not quoted.
        raise BadSettings(
            "GATEWAY_REDIS_URL: expected `redis://user:password@host:port/number`, optionally with redis-py's options;"
            " in a password, write `/`, `#`, `?` and `@` as %2F, %23, %3F and %40"
        ) from None
    return pool


async def _suppress_unavailable(coroutine: Coroutine[Any, Any, object]) -> None:
    try:
        await coroutine
    except RedisUnavailable:
        return
    except Exception:
        log.exception("A background command for Redis has failed")
