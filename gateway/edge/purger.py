"""The queue of purges: tags of invalidated data, until the edge cache has removed the responses with them."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from contextvars import Context

from gateway.errors import UpstreamError
from gateway.osutrack.diagnosis import diagnose
from gateway.store.tags import MANY_TAGS, purge_tags

# An update invalidates several tags one after the other; they are purged together.
COLLECT_S = 0.1
# Other replicas must have received an invalidation before its purge: the edge cache may read from them at once.
SETTLE_S = 0.1
# Of one purge. Cloudflare accepts 100 tags, Fastly 256; Varnish accepts headers of 8 KiB.
MAX_TAGS = 100
MAX_BYTES = 4000
# Tags that wait, above all while purges fail. About 1 MB.
MAX_WAITING = 10_000
# After a failure; doubled after each further one.
RETRY_S, MAX_RETRY_S = 1.0, 60.0
# For the last purges at the end of the process.
CLOSE_S = 3.0

log = logging.getLogger(__name__)


class Purger:
    """Purges tags in the background: together, and again after a failure."""

    def __init__(
        self,
        purge: Callable[[Sequence[str]], Awaitable[None]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`purge` sends one purge, and raises `UpstreamError`."""
        # The number of purges by outcome, and that of tags that were dropped to bound the queue.
        self.tally = Counter(ok=0, failed=0)
        self.dropped = 0
        self._purge = purge
        self._sleep = sleep
        self._waiting: dict[str, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._is_failing = False

    @property
    def waiting(self) -> int:
        """The number of tags that wait."""
        return len(self._waiting)

    def add(self, tags: Iterable[str]) -> None:
        """Purge these tags of the store soon; must be called in the event loop."""
        texts = purge_tags(tags)
        if not texts:
            return
        self._put((*texts, MANY_TAGS))
        if self._task is None or self._task.done():
            # Not in the context of the request that has invalidated the tags: the log would name it.
            self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())

    async def close(self) -> None:
        """Try once more to purge the tags that wait, for a bounded time."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                while self._waiting and await self._purge_some() is None:
                    pass
        if self._waiting:
            log.warning("The edge cache may serve outdated responses until they expire", extra={"tags": self.waiting})

    async def _run(self) -> None:
        pause_s = 0.0
        while self._waiting:
            await self._sleep(COLLECT_S + pause_s)
            error = await self._purge_some(SETTLE_S)
            pause_s = min(max(2 * pause_s or RETRY_S, error.retry_after_s or 0), MAX_RETRY_S) if error else 0.0

    async def _purge_some(self, settle_s: float = 0.0) -> UpstreamError | None:
        """Purge as many tags as one purge may have; returns the error after a failure."""
        tags = self._take()
        try:
            await self._sleep(settle_s)
            await self._purge(tags)
        except UpstreamError as exc:
            self._put(tags)
            self._report(exc)
            return exc
        except BaseException:
            # The end of the process, before which they are tried once more.
            self._put(tags)
            raise
        self._report(None)
        return None

    def _take(self) -> list[str]:
        """Remove the tags of the next purge from the queue."""
        tags: list[str] = []
        while self._waiting and len(tags) < MAX_TAGS and len(" ".join(tags)) < MAX_BYTES:
            tag = next(iter(self._waiting))
            del self._waiting[tag]
            tags.append(tag)
        return tags

    def _put(self, tags: Iterable[str]) -> None:
        self._waiting |= dict.fromkeys(tags)
        while len(self._waiting) > MAX_WAITING:
            del self._waiting[next(iter(self._waiting))]
            self.dropped += 1

    def _report(self, error: UpstreamError | None) -> None:
        """Count a purge, and log it if it succeeds after a failure, or fails after a success."""
        self.tally["ok" if error is None else "failed"] += 1
        if error and not self._is_failing:
            details = {"cause": diagnose(error).cause, "tags": self.waiting}
            log.warning("Purges of the edge cache fail, and are repeated", extra=details)
        elif self._is_failing and not error:
            log.info("Purges of the edge cache succeed again")
        self._is_failing = error is not None
