"""One process at a time: a lock in Redis that outlives its holder for a moment only."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.asyncio.lock import Lock
from redis.exceptions import LockError

from .commons import Away, Commons

# Between two tries.
TRY_S = 0.02


@asynccontextmanager
async def one_at_a_time(commons: Commons, name: str, *, for_s: float) -> AsyncIterator[bool]:
    """Hold the lock `name`, or nothing while Redis is away; tells whether another process had it first.

    Waits without an end, which is the caller's affair: but a holder that dies keeps others waiting `for_s` at most.
    """
    lock, waited = commons.lock(name, for_s), False
    try:
        while not await commons.ask(lambda _: lock.acquire(blocking=False)):
            waited = True
            await asyncio.sleep(TRY_S)
    except Away:
        yield waited
        return
    try:
        yield waited
    finally:
        # Let go even when cancelled: others wait.
        await asyncio.shield(asyncio.ensure_future(_release(commons, lock)))


async def _release(commons: Commons, lock: Lock) -> None:
    with suppress(Away):
        await commons.ask(lambda _: _let_go(lock))


async def _let_go(lock: Lock) -> None:
    with suppress(LockError):  # it has run out
        await lock.release()
