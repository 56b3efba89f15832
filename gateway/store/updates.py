"""Updates: sent once, overlapping calls joined, a cooldown for each player and mode, and nothing old served after."""

import asyncio
from typing import NamedTuple

from gateway.deadline import Deadline
from gateway.errors import UpstreamError, UpstreamTimeout
from gateway.osutrack.client import Client
from gateway.records import Update, UserMode

from .tracker import Tracker
from .update_registry import UpdateRecord, UpdateRegistry


class Cooldown(NamedTuple):
    """An update that is not sent, because there was one a moment ago."""

    retry_at: float


class Unknown(NamedTuple):
    """osu! knows no such user; `asked` if osu!track had to be asked for that."""

    asked: bool = False


Outcome = Update | Cooldown | Unknown


class Updates:
    """The one way to make osu!track read a player anew."""

    def __init__(
        self,
        client: Client,
        tracker: Tracker,
        registry: UpdateRegistry,
    ) -> None:
        """The registry has the rules, and what other processes have sent."""
        self._registry = registry
        self._client = client
        self._tracker = tracker
        self._clock = registry.clock
        self._under_way: dict[UserMode, asyncio.Task[Outcome]] = {}
        self._sent: dict[UserMode, tuple[float, bool]] = {}

    async def update(self, user_mode: UserMode, deadline: Deadline) -> Outcome:
        """Send an update, or join the one under way, or say why not; raises `UpstreamError` if it fails.

        It is sent while there is deadline, or never. When the caller goes away it is not taken back.
        """
        task = self._under_way.get(user_mode)
        if task is None:
            refusal = self._refusal(user_mode)
            if refusal is not None:
                return refusal
            task = self._under_way[user_mode] = asyncio.ensure_future(self._update(user_mode, deadline))
            task.add_done_callback(lambda done: self._ended(user_mode, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait for what has been sent: it can't be taken back, and whoever asked wants to know."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def _refusal(self, user_mode: UserMode) -> Cooldown | Unknown | None:
        sent_at, known = self._sent.get(user_mode, (0.0, True))
        retry_at = sent_at + self._registry.cooldown_s
        if retry_at <= self._clock():
            return None
        return Cooldown(retry_at) if known else Unknown()

    async def _update(self, user_mode: UserMode, deadline: Deadline) -> Outcome:
        record = await self._registry.claim(user_mode)
        if record is not None:
            return await self._elsewhere(user_mode, record)
        self._remember(user_mode, self._clock(), known=True)
        try:
            answer = await self._client.update(user_mode, deadline)
        except UpstreamError as exc:
            await self._failed(user_mode, exc)
            raise
        update = answer.value
        await self._tracker.updated(user_mode, update.username if update else None)
        self._remember(user_mode, self._clock(), known=update is not None)
        await self._registry.finish(user_mode, update, retry_at=self._clock() + self._registry.cooldown_s)
        return update or Unknown(asked=True)

    async def _failed(self, user_mode: UserMode, exc: UpstreamError) -> None:
        retry_at = self._clock() + self._registry.cooldown_s
        if exc.unsent:
            self._sent.pop(user_mode, None)
            retry_at = 0.0
        else:
            # A timeout or a failure: it has probably been made.
            await self._tracker.updated(user_mode, None)
            self._remember(user_mode, self._clock(), known=True)
        await self._registry.finish(user_mode, exc, retry_at=retry_at)

    async def _elsewhere(self, user_mode: UserMode, record: UpdateRecord) -> Outcome:
        """Another process has sent it: its outcome if that is under way, the cooldown if it is over."""
        over = record.ended or record.until <= self._clock()  # or who sent it is no more
        if not over:
            record = await self._awaited(user_mode, record)
        known = not record.ended or record.failure is not None or record.outcome() is not None
        # It counts here too, should Redis go away.
        self._remember(user_mode, record.retry_at - self._registry.cooldown_s, known=known)
        if over:
            return Cooldown(record.retry_at) if known else Unknown()
        return record.outcome() or Unknown()

    async def _awaited(self, user_mode: UserMode, record: UpdateRecord) -> UpdateRecord:
        try:
            return await self._registry.wait(user_mode, record)
        except UpstreamTimeout:
            # It has probably been made.
            await self._tracker.updated(user_mode, None)
            raise

    def _remember(self, user_mode: UserMode, sent_at: float, *, known: bool) -> None:
        now = self._clock()
        self._sent = {other: sent for other, sent in self._sent.items() if sent[0] + self._registry.cooldown_s > now}
        self._sent[user_mode] = (sent_at, known)

    def _ended(self, user_mode: UserMode, task: asyncio.Task[Outcome]) -> None:
        del self._under_way[user_mode]
        if not task.cancelled():
            # Looked at, so that asyncio does not complain when everyone who asked has gone.
            task.exception()
